// SPDX-License-Identifier: Apache-2.0
/* Asks the kernel for its packet filter. Only what is asked next is looked for in the answers. */
#include "base/buf.h"
#include "base/fd.h"
#include "base/limits.h"
#include "read/host/firewall.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
/* Behind net/if.h, which it gives way to. */
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER = 1 << 16, REQUEST = 1024, TRIES = 4, ALIGN = 4 };

struct asking {
    struct arena *arena;
    struct raw_firewall *ret;
    int fd;
    uint32_t sequence;
};

static void add_gap(struct asking *asking, const char *what, const char *why)
{
    if (asking->ret->gaps.count < LIMIT_GAPS)
        *vec_push(asking->arena, &asking->ret->gaps) =
            (struct gap){.path = str_from(what), .reason = str_from(why)};
}

static void put_attribute(struct buf *buf, uint16_t type, str text)
{
    struct nlattr header = {.nla_len = (uint16_t)(sizeof(header) + text.len + 1), .nla_type = type};
    buf_add(buf, &header, sizeof(header));
    buf_add_str(buf, text);
    do
        buf_add_char(buf, '\0');
    while (buf->len % ALIGN);
}

static int send_request(struct asking *asking, uint16_t type, uint8_t family, str attributes)
{
    BUF_SCOPED request = buf_make(REQUEST);
    struct nlmsghdr header = {
        .nlmsg_len = (uint32_t)(sizeof(header) + sizeof(struct nfgenmsg) + attributes.len),
        .nlmsg_type = (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type),
        .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
        .nlmsg_seq = ++asking->sequence,
    };
    struct nfgenmsg generic = {.nfgen_family = family, .version = NFNETLINK_V0};
    buf_add(&request, &header, sizeof(header));
    buf_add(&request, &generic, sizeof(generic));
    buf_add_str(&request, attributes);
    if (request.overflow) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return send(asking->fd, request.ptr, request.len, 0) < 0 ? -1 : 0;
}

/* Appends the answer's messages. 1 where the rules changed while they were told. */
static int receive(struct asking *asking, struct buf *answer)
{
    static const int interrupted = 1;
    bool again = false;
    for (;;) {
        char *room = buf_reserve(answer, ANSWER);
        if (!room) {
            errno = EFBIG;
            return -1;
        }
        ssize_t got = recv(asking->fd, room, ANSWER, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return -1;
        for (size_t at = 0; at + sizeof(struct nlmsghdr) <= (size_t)got;) {
            struct nlmsghdr header;
            struct nlmsgerr error;
            memcpy(&header, room + at, sizeof(header));
            if (header.nlmsg_len < sizeof(header) || header.nlmsg_len > (size_t)got - at)
                break;
            again |= (header.nlmsg_flags & NLM_F_DUMP_INTR) != 0;
            if (header.nlmsg_type == NLMSG_DONE)
                return again ? interrupted : 0;
            if (header.nlmsg_type == NLMSG_ERROR &&
                header.nlmsg_len >= sizeof(header) + sizeof(error)) {
                memcpy(&error, room + at + sizeof(header), sizeof(error));
                errno = -error.error;
                return error.error ? -1 : 0;
            }
            at += (header.nlmsg_len + ALIGN - 1) & ~(size_t)(ALIGN - 1);
        }
        answer->len += (size_t)got;
    }
}

static bool dump(struct asking *asking, uint16_t type, uint8_t family, str attributes,
                 struct buf *answer)
{
    size_t before = answer->len;
    int state = 1;
    for (unsigned i = 0; i < TRIES && state > 0; i++) {
        answer->len = before;
        state = send_request(asking, type, family, attributes);
        if (state == 0)
            state = receive(asking, answer);
    }
    return state == 0;
}

static bool dump_all(struct asking *asking, uint16_t type, const char *what, str *ret)
{
    BUF_SCOPED answer = buf_make(LIMIT_FIREWALL);
    bool done = dump(asking, type, NFPROTO_UNSPEC, (str){0}, &answer);
    if (!done)
        add_gap(asking, what, errno ? strerror(errno) : "it changed while it was read");
    *ret = arena_str(asking->arena, buf_str(&answer));
    return done;
}

/* Elements are told set by set. */
static void gather_elements(struct asking *asking)
{
    BUF_SCOPED answer = buf_make(LIMIT_FIREWALL);
    BUF_SCOPED attributes = buf_make(REQUEST);
    str rest = asking->ret->sets, payload;
    uint16_t type;
    for (size_t i = 0; i < LIMIT_FIREWALL_CHAINS && message_next(&rest, &type, &payload); i++) {
        if (type != (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWSET) ||
            payload.len < sizeof(struct nfgenmsg))
            continue;
        str set = str_from_index(payload, sizeof(struct nfgenmsg));
        buf_clear(&attributes);
        put_attribute(&attributes, NFTA_SET_ELEM_LIST_TABLE, attribute_text(set, NFTA_SET_TABLE));
        put_attribute(&attributes, NFTA_SET_ELEM_LIST_SET, attribute_text(set, NFTA_SET_NAME));
        if (!dump(asking, NFT_MSG_GETSETELEM, (uint8_t)payload.ptr[0], buf_str(&attributes),
                  &answer)) {
            /* What a rule looks up there would be judged by a part of it. */
            asking->ret->is_there = false;
            add_gap(asking, "the sets of nftables", strerror(errno));
            return;
        }
    }
    asking->ret->elements = arena_str(asking->arena, buf_str(&answer));
}

static void gather_nft(struct asking *asking)
{
    struct raw_firewall *ret = asking->ret;
    const struct timeval patience = {.tv_sec = 5};
    FD_SCOPED fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
    asking->fd = fd;
    ret->is_there = true;
    if (fd < 0 && (errno == EPROTONOSUPPORT || errno == EAFNOSUPPORT))
        return; /* a kernel without */
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0) {
        ret->is_there = false;
        add_gap(asking, "nftables", strerror(errno));
        return;
    }
    BUF_SCOPED probe = buf_make(LIMIT_FIREWALL);
    if (!dump(asking, NFT_MSG_GETTABLE, NFPROTO_UNSPEC, (str){0}, &probe) &&
        (errno == EINVAL || errno == EOPNOTSUPP))
        return; /* nf_tables is not there */
    ret->is_there = dump_all(asking, NFT_MSG_GETCHAIN, "the chains of nftables", &ret->chains) &&
                    dump_all(asking, NFT_MSG_GETRULE, "the rules of nftables", &ret->rules) &&
                    dump_all(asking, NFT_MSG_GETSET, "the sets of nftables", &ret->sets);
    if (ret->is_there)
        gather_elements(asking);
}

static void gather_table(struct asking *asking, int fd, bool is_ipv6, str name)
{
    /* Both families have the same two structures, options and numbers. */
    struct ipt_getinfo info = {0};
    struct ipt_get_entries *entries;
    socklen_t size = sizeof(info);
    int level = is_ipv6 ? SOL_IPV6 : SOL_IP;
    if (!name.len || name.len >= sizeof(info.name))
        return;
    memcpy(info.name, name.ptr, name.len);
    if (getsockopt(fd, level, IPT_SO_GET_INFO, &info, &size) < 0 || info.size > LIMIT_FIREWALL) {
        asking->ret->is_there = false;
        add_gap(asking, "the tables of legacy iptables", strerror(errno));
        return;
    }
    socklen_t room = (socklen_t)(sizeof(*entries) + info.size);
    entries = arena_alloc(asking->arena, room);
    memcpy(entries->name, info.name, sizeof(entries->name));
    entries->size = info.size;
    if (getsockopt(fd, level, IPT_SO_GET_ENTRIES, entries, &room) < 0) {
        asking->ret->is_there = false;
        add_gap(asking, "the tables of legacy iptables", strerror(errno));
        return;
    }
    *vec_push(asking->arena, &asking->ret->tables) = (struct raw_table){
        .is_ipv6 = is_ipv6,
        .name = arena_str(asking->arena, name),
        .info = str_make(arena_copy(asking->arena, &info, sizeof(info)), sizeof(info)),
        .entries = str_make(entries, room),
    };
}

static void gather_legacy(struct asking *asking, bool is_ipv6, str names)
{
    str line;
    if (!names.len)
        return;
    FD_SCOPED fd = socket(is_ipv6 ? AF_INET6 : AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
    if (fd < 0) {
        asking->ret->is_there = false;
        add_gap(asking, "the tables of legacy iptables", strerror(errno));
        return;
    }
    while (str_next_line(&names, &line))
        gather_table(asking, fd, is_ipv6, line);
}

void firewall_gather(struct arena *arena, str tables4, str tables6, struct raw_firewall *ret)
{
    struct asking asking = {.arena = arena, .ret = ret, .fd = -1};
    *ret = (struct raw_firewall){0};
    struct if_nameindex *interfaces = if_nameindex();
    for (size_t i = 0; interfaces && interfaces[i].if_name; i++)
        *vec_push(arena, &ret->interfaces) =
            (struct raw_interface){.index = interfaces[i].if_index,
                                   .name = arena_str(arena, str_from(interfaces[i].if_name))};
    if (interfaces)
        if_freenameindex(interfaces);
    gather_nft(&asking);
    gather_legacy(&asking, false, tables4);
    gather_legacy(&asking, true, tables6);
}
