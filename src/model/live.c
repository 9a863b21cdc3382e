// SPDX-License-Identifier: Apache-2.0
#include "model/live.h"

static const str namespaces[LIVE_NAMESPACES] = {
    [NS_CGROUP] = STR_INIT("cgroup"), [NS_IPC] = STR_INIT("ipc"), [NS_MNT] = STR_INIT("mnt"),
    [NS_NET] = STR_INIT("net"),       [NS_PID] = STR_INIT("pid"), [NS_TIME] = STR_INIT("time"),
    [NS_USER] = STR_INIT("user"),     [NS_UTS] = STR_INIT("uts"),
};

/* In the order of their bits: linux/capability.h. */
static const str capabilities[CAPABILITY_COUNT] = {
    STR_INIT("CHOWN"),
    STR_INIT("DAC_OVERRIDE"),
    STR_INIT("DAC_READ_SEARCH"),
    STR_INIT("FOWNER"),
    STR_INIT("FSETID"),
    STR_INIT("KILL"),
    STR_INIT("SETGID"),
    STR_INIT("SETUID"),
    STR_INIT("SETPCAP"),
    STR_INIT("LINUX_IMMUTABLE"),
    STR_INIT("NET_BIND_SERVICE"),
    STR_INIT("NET_BROADCAST"),
    STR_INIT("NET_ADMIN"),
    STR_INIT("NET_RAW"),
    STR_INIT("IPC_LOCK"),
    STR_INIT("IPC_OWNER"),
    STR_INIT("SYS_MODULE"),
    STR_INIT("SYS_RAWIO"),
    STR_INIT("SYS_CHROOT"),
    STR_INIT("SYS_PTRACE"),
    STR_INIT("SYS_PACCT"),
    STR_INIT("SYS_ADMIN"),
    STR_INIT("SYS_BOOT"),
    STR_INIT("SYS_NICE"),
    STR_INIT("SYS_RESOURCE"),
    STR_INIT("SYS_TIME"),
    STR_INIT("SYS_TTY_CONFIG"),
    STR_INIT("MKNOD"),
    STR_INIT("LEASE"),
    STR_INIT("AUDIT_WRITE"),
    STR_INIT("AUDIT_CONTROL"),
    STR_INIT("SETFCAP"),
    STR_INIT("MAC_OVERRIDE"),
    STR_INIT("MAC_ADMIN"),
    STR_INIT("SYSLOG"),
    STR_INIT("WAKE_ALARM"),
    STR_INIT("BLOCK_SUSPEND"),
    STR_INIT("AUDIT_READ"),
    STR_INIT("PERFMON"),
    STR_INIT("BPF"),
    STR_INIT("CHECKPOINT_RESTORE"),
};

str live_namespace_name(enum live_namespace which)
{
    return namespaces[which];
}

str capability_name(unsigned bit)
{
    return bit < CAPABILITY_COUNT ? capabilities[bit] : (str){0};
}

str live_change_name(enum live_change_kind kind)
{
    static const str names[LIVE_CHANGE_KINDS] = {[CHANGE_ADDED] = STR_INIT("added"),
                                                 [CHANGE_CHANGED] = STR_INIT("changed"),
                                                 [CHANGE_DELETED] = STR_INIT("deleted")};
    return names[kind];
}

str seccomp_verdict_name(enum seccomp_verdict verdict)
{
    static const str names[SECCOMP_VERDICTS] = {[SECCOMP_ALLOWED] = STR_INIT("allowed"),
                                                [SECCOMP_ASKED] = STR_INIT("asked"),
                                                [SECCOMP_REFUSED] = STR_INIT("refused")};
    return names[verdict];
}

struct live_container *live_container(const struct live *live, str id)
{
    for (size_t i = 0; i < live->containers.count; i++)
        if (str_eq(live->containers.items[i].id, id))
            return &live->containers.items[i];
    return NULL;
}
