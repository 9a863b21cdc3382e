// SPDX-License-Identifier: Apache-2.0
/*
 * The audit subsystem's rules as the kernel has them now: what auditctl -l asks for. Files say what
 * is loaded at the next start, if anything loads them. Only a list is asked for, nothing is set.
 */
#include "base/fd.h"
#include "base/limits.h"
#include "read/host/reader.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

static bool send_request(int fd)
{
    const struct nlmsghdr request = {
        .nlmsg_len = sizeof(request),
        .nlmsg_type = AUDIT_LIST_RULES,
        .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
        .nlmsg_seq = 1,
    };
    const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    return sendto(fd, &request, sizeof(request), 0, (const struct sockaddr *)&kernel,
                  sizeof(kernel)) == (ssize_t)sizeof(request);
}

/* Message by message, until the one that ends the list. */
static bool gather(struct host_reader *reader, int fd)
{
    enum { PIECE = 16384 };
    size_t capacity = PIECE, len = 0;
    char *bytes = arena_alloc(reader->arena, capacity);
    for (;;) {
        if (capacity - len < PIECE) {
            bytes = arena_grow(reader->arena, bytes, capacity, capacity * 2);
            capacity *= 2;
        }
        ssize_t got = recv(fd, bytes + len, PIECE, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < (ssize_t)sizeof(struct nlmsghdr))
            return false;
        struct nlmsghdr head;
        memcpy(&head, bytes + len, sizeof(head));
        int error = 0;
        if (head.nlmsg_type == NLMSG_ERROR && (size_t)got >= sizeof(head) + sizeof(error))
            memcpy(&error, bytes + len + sizeof(head), sizeof(error));
        if (error) {
            errno = -error;
            return false;
        }
        len += NLMSG_ALIGN((size_t)got);
        reader->audit_list = str_make(bytes, len);
        if (head.nlmsg_type == NLMSG_DONE)
            return true;
        if (len > LIMIT_HOST_FILE) {
            errno = EFBIG;
            return false;
        }
    }
}

void audit_kernel_gather(struct host_reader *reader)
{
    const struct timeval patience = {.tv_sec = 2};
    if (!reader->is_machine)
        return;
    FD_SCOPED fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);
    reader->has_audit_list =
        fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == 0 &&
        send_request(fd) && gather(reader, fd);
    if (!reader->has_audit_list)
        reader->audit_list_error = errno == EPERM || errno == EACCES
                                       ? STR("that takes root's right AUDIT_CONTROL")
                                       : arena_str(reader->arena, str_from(strerror(errno)));
}

static bool is_text(uint32_t field)
{
    return (field >= AUDIT_SUBJ_USER && field <= AUDIT_SUBJ_CLR) ||
           (field >= AUDIT_OBJ_USER && field <= AUDIT_OBJ_LEV_HIGH) || field == AUDIT_WATCH ||
           field == AUDIT_DIR || field == AUDIT_EXE || field == AUDIT_FILTERKEY;
}

/* struct audit_rule_data; the strings of its fields follow each other in buf, and their lengths
 * are the fields' values. */
static void parse_rule(struct arena *arena, str body, struct audit_watch_list *ret)
{
    struct audit_rule_data rule;
    const size_t fixed = offsetof(struct audit_rule_data, buf);
    str watched = {0};
    bool is_folder = false;
    if (body.len < fixed || ret->count >= LIMIT_HOST_ROWS)
        return;
    memcpy(&rule, body.ptr, fixed);
    str text = str_from_index(body, fixed);
    for (size_t i = 0; i < rule.field_count && i < AUDIT_MAX_FIELDS; i++) {
        if (!is_text(rule.fields[i]))
            continue;
        if (rule.values[i] > text.len)
            return;
        if (rule.fields[i] == AUDIT_WATCH || rule.fields[i] == AUDIT_DIR) {
            watched = str_sub(text, 0, rule.values[i]);
            is_folder = rule.fields[i] == AUDIT_DIR;
        }
        text = str_from_index(text, rule.values[i]);
    }
    while (watched.len > 1 && str_ends(watched, STR("/")))
        watched = str_sub(watched, 0, watched.len - 1);
    if (rule.action != AUDIT_NEVER && watched.len && watched.ptr[0] == '/')
        *vec_push(arena, ret) = (struct audit_watch){
            .path = watched, .is_folder = is_folder, .place = {.path = STR("the kernel")}};
}

void audit_list_parse(struct arena *arena, str bytes, struct audit_watch_list *ret)
{
    struct nlmsghdr head;
    while (bytes.len >= sizeof(head)) {
        memcpy(&head, bytes.ptr, sizeof(head));
        if (head.nlmsg_len < sizeof(head) || head.nlmsg_len > bytes.len)
            return;
        if (head.nlmsg_type == AUDIT_LIST_RULES)
            parse_rule(arena, str_sub(bytes, sizeof(head), head.nlmsg_len - sizeof(head)), ret);
        size_t step = NLMSG_ALIGN((size_t)head.nlmsg_len);
        bytes = step < bytes.len ? str_from_index(bytes, step) : (str){0};
    }
}

void audit_kernel_read(struct host_reader *reader)
{
    struct host *host = reader->host;
    host->knows_loaded_watches = reader->has_audit_list;
    host->loaded_watches_error = reader->audit_list_error;
    if (reader->has_audit_list)
        audit_list_parse(reader->arena, reader->audit_list, &host->loaded_watches);
}
