// SPDX-License-Identifier: Apache-2.0
/* Listening sockets (proc_net(5)): addresses are hex words in the machine's byte order. */
#include "base/limits.h"
#include "read/host/reader.h"

#include <arpa/inet.h>
#include <string.h>

static bool parse_address(struct arena *arena, str hex, str *ret)
{
    unsigned char bytes[16];
    char text[INET6_ADDRSTRLEN];
    size_t words = hex.len / 8;
    if (hex.len != 8 && hex.len != 32)
        return false;
    for (size_t i = 0; i < words; i++) {
        uint64_t value;
        if (!str_to_hex(str_sub(hex, i * 8, 8), UINT32_MAX, &value))
            return false;
        uint32_t word = (uint32_t)value;
        memcpy(bytes + i * 4, &word, 4);
    }
    if (!inet_ntop(words == 1 ? AF_INET : AF_INET6, bytes, text, sizeof(text)))
        return false;
    *ret = arena_str(arena, str_from(text));
    return true;
}

/* `state`: TCP's LISTEN, or CLOSE, which is what UDP calls a socket without a peer. */
static bool parse_listener(struct arena *arena, str line, str state, struct host_listener *ret)
{
    enum { COLUMN_LOCAL = 1, COLUMN_STATE = 3, COLUMN_INODE = 9 };
    str word, address, port;
    uint64_t number;
    *ret = (struct host_listener){0};
    for (size_t field = 0; field <= COLUMN_INODE; field++) {
        if (!str_next_word(&line, &word))
            return false;
        if (field == COLUMN_STATE && !str_eq_nocase(word, state))
            return false;
        if (field != COLUMN_LOCAL)
            continue;
        if (!str_cut(word, ':', &address, &port) || !str_to_hex(port, UINT16_MAX, &number) ||
            !parse_address(arena, address, &ret->address))
            return false;
        ret->port = (uint16_t)number;
    }
    return str_to_u64(word, UINT64_MAX, &ret->inode);
}

static void parse(struct arena *arena, str text, bool is_udp, struct host_listener_list *ret)
{
    str rest = text, line, state = is_udp ? STR("07") : STR("0A");
    struct host_listener listener;
    while (ret->count < LIMIT_HOST_ROWS && str_next_line(&rest, &line))
        if (parse_listener(arena, line, state, &listener)) {
            listener.is_udp = is_udp;
            *vec_push(arena, ret) = listener;
        }
}

void net_tcp_parse(struct arena *arena, str text, struct host_listener_list *ret)
{
    parse(arena, text, false, ret);
}

void net_udp_parse(struct arena *arena, str text, struct host_listener_list *ret)
{
    parse(arena, text, true, ret);
}

static bool parse_end(struct arena *arena, str word, str *ret_address, uint16_t *ret_port)
{
    str address, port;
    uint64_t number;
    if (!str_cut(word, ':', &address, &port) || !str_to_hex(port, UINT16_MAX, &number) ||
        !parse_address(arena, address, ret_address))
        return false;
    *ret_port = (uint16_t)number;
    return true;
}

/* ESTABLISHED, and all states that only come after it; whoever closes keeps TIME_WAIT for a
 * minute. */
static bool was_established(str state)
{
    static const str states[] = {
        STR_INIT("01"), /* ESTABLISHED */
        STR_INIT("04"), /* FIN_WAIT1 */
        STR_INIT("05"), /* FIN_WAIT2 */
        STR_INIT("06"), /* TIME_WAIT */
        STR_INIT("08"), /* CLOSE_WAIT */
        STR_INIT("09"), /* LAST_ACK */
        STR_INIT("0B"), /* CLOSING */
    };
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
        if (str_eq(state, states[i]))
            return true;
    return false;
}

void net_connections_parse(struct arena *arena, str text, struct host_connection_list *ret)
{
    str line, index, local, remote, state;
    while (ret->count < LIMIT_HOST_ROWS && str_next_line(&text, &line)) {
        struct host_connection connection = {0};
        if (str_next_word(&line, &index) && str_next_word(&line, &local) &&
            str_next_word(&line, &remote) && str_next_word(&line, &state) &&
            was_established(state) &&
            parse_end(arena, local, &connection.local, &connection.local_port) &&
            parse_end(arena, remote, &connection.remote, &connection.remote_port))
            *vec_push(arena, ret) = connection;
    }
}

static uint32_t owner_of(const struct host_reader *reader, uint64_t inode)
{
    for (size_t p = 0; p < reader->raw_processes.count; p++) {
        const struct raw_process *process = &reader->raw_processes.items[p];
        for (size_t s = 0; s < process->sockets.count; s++)
            if (process->sockets.items[s] == inode)
                return process->pid;
    }
    return 0;
}

void listeners_read(struct host_reader *reader)
{
    static const char *const tables[] = {"/proc/net/tcp", "/proc/net/tcp6"};
    struct host_listener_list *list = &reader->host->listeners;
    str text;
    for (size_t i = 0; i < 2; i++)
        if (reader_optional(reader, str_from(tables[i]), LIMIT_HOST_FILE, &text))
            net_tcp_parse(reader->arena, text, list);
    for (size_t i = 0; i < list->count; i++)
        list->items[i].pid = owner_of(reader, list->items[i].inode);
}
