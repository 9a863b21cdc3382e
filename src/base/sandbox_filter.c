// SPDX-License-Identifier: Apache-2.0
#include "base/sandbox_internal.h"

#include "base/die.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#else
#error "the seccomp filter knows x86_64 and aarch64"
#endif

/* Calls newer than this list (Linux 6.0) get ENOSYS, as from an older kernel: nobody has judged
 * them. It also covers x32, whose numbers have bit 30 set. */
enum { NEWEST_KNOWN = SYS_set_mempolicy_home_node };

/* Numbers alone: the hot path of a scan, answered first (kernels before 5.11 run the program for
 * each call). */
static const int hot[] = {SYS_read, SYS_pread64, SYS_lseek, SYS_write, SYS_futex};

static const int denied[] = {
    /* other programs */
    SYS_execve,
    SYS_execveat,
#ifdef SYS_fork
    SYS_fork,
    SYS_vfork,
#endif
#if !SANDBOX_SANITIZED /* LeakSanitizer stops the process by ptrace at exit */
    SYS_ptrace,
    SYS_process_vm_readv,
#endif
    SYS_process_vm_writev,
    SYS_process_madvise,
    SYS_kcmp,
    SYS_pidfd_open,
    SYS_pidfd_getfd,
    SYS_pidfd_send_signal,
    SYS_kill,
    SYS_tkill,
    SYS_rt_sigqueueinfo,
    SYS_rt_tgsigqueueinfo,

    SYS_personality,
    /* who we are */
    SYS_setuid,
    SYS_setgid,
    SYS_setreuid,
    SYS_setregid,
    SYS_setresuid,
    SYS_setresgid,
    SYS_setfsuid,
    SYS_setfsgid,
    SYS_setgroups,
    SYS_capset,
    SYS_setns,
    SYS_unshare,
    /* the view of files */
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_move_mount,
    SYS_open_tree,
    SYS_fsopen,
    SYS_fsconfig,
    SYS_fsmount,
    SYS_fspick,
    SYS_mount_setattr,
    SYS_name_to_handle_at,
    SYS_open_by_handle_at,
    SYS_fanotify_init,
    SYS_fanotify_mark,
    SYS_quotactl,
    SYS_quotactl_fd,
    SYS_mknodat,
    /* the kernel's wide and rarely needed doors */
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_io_uring_setup,
    SYS_io_uring_enter,
    SYS_io_uring_register,
    SYS_add_key,
    SYS_request_key,
    SYS_keyctl,
    SYS_memfd_secret,
    SYS_io_setup,
    SYS_io_submit,
    SYS_vmsplice,
    SYS_remap_file_pages,
    SYS_migrate_pages,
    SYS_move_pages,
    SYS_lookup_dcookie,
    /* the machine */
    SYS_kexec_load,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_reboot,
    SYS_swapon,
    SYS_swapoff,
    SYS_syslog,
    SYS_acct,
    SYS_vhangup,
    SYS_settimeofday,
    SYS_clock_settime,
    SYS_adjtimex,
    SYS_clock_adjtime,
    SYS_sethostname,
    SYS_setdomainname,
    SYS_nfsservctl,
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
#ifdef __x86_64__
    SYS_mknod,
    SYS_iopl,
    SYS_ioperm,
    SYS_modify_ldt,
    SYS_uselib,
    SYS_ustat,
    SYS_sysfs,
    SYS__sysctl,
#endif
};

static const int denied_network[] = {
    SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_listen, SYS_accept, SYS_accept4,
};

/* With no path to write to. Calls on what is already open (write, ftruncate, fchmod) stay. */
static const int denied_writing[] = {
    SYS_truncate,  SYS_mkdirat,     SYS_unlinkat,     SYS_renameat2,    SYS_linkat,
    SYS_symlinkat, SYS_fchmodat,    SYS_fchownat,     SYS_setxattr,     SYS_lsetxattr,
    SYS_fsetxattr, SYS_removexattr, SYS_lremovexattr, SYS_fremovexattr, SYS_utimensat,
#ifdef SYS_renameat
    SYS_renameat,
#endif
#ifdef __x86_64__
    SYS_creat,     SYS_mkdir,       SYS_rmdir,        SYS_unlink,       SYS_rename,
    SYS_link,      SYS_symlink,     SYS_chmod,        SYS_chown,        SYS_lchown,
    SYS_utime,     SYS_utimes,      SYS_futimesat,
#endif
};

/* EPERM where (argument & mask) == value, or != value. */
struct argument_rule {
    int call;
    unsigned argument;
    uint32_t mask, value;
    bool if_equal;
};

static const struct argument_rule argument_rules[] = {
    /* Threads, not processes and not namespaces. clone3() hides its flags, see below. */
    {SYS_clone, 0,
     CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |
         CLONE_NEWNET,
     0, false},
#if !SANDBOX_SANITIZED /* LeakSanitizer clones a tracer that shares memory but is no thread */
    {SYS_clone, 0, CLONE_THREAD, 0, true},
#endif
    /* Typing into the terminal that started us (CVE-2017-5226). */
    {SYS_ioctl, 1, UINT32_MAX, TIOCSTI, true},
    {SYS_ioctl, 1, UINT32_MAX, TIOCLINUX, true},
    /* No code that was written here: dlopen() maps its text from the file and goes on working. */
    {SYS_mprotect, 2, PROT_EXEC, 0, false},
    {SYS_pkey_mprotect, 2, PROT_EXEC, 0, false},
    {SYS_mmap, 2, PROT_WRITE | PROT_EXEC, PROT_WRITE | PROT_EXEC, true},
};

enum { WRITE_FLAGS = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY) };

static const struct argument_rule open_rules[] = {
#ifdef SYS_open
    {SYS_open, 1, WRITE_FLAGS, 0, false},
#endif
    {SYS_openat, 2, WRITE_FLAGS, 0, false},
};

struct program {
    struct sock_filter *to;
    size_t count;
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static void emit(struct program *program, struct sock_filter instruction)
{
    INVARIANT(program->count < SANDBOX_FILTER_MAX);
    program->to[program->count++] = instruction;
}

static void emit_load(struct program *program, size_t offset)
{
    emit(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

static void emit_return(struct program *program, uint32_t action)
{
    emit(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

static uint32_t fail_with(int number)
{
    return SECCOMP_RET_ERRNO | ((uint32_t)number & SECCOMP_RET_DATA);
}

/* The number is loaded: answer if it is `call`. */
static void emit_call(struct program *program, int call, uint32_t action)
{
    emit(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 1));
    emit_return(program, action);
}

static void emit_calls(struct program *program, const int *calls, size_t count, uint32_t action)
{
    for (size_t i = 0; i < count; i++)
        emit_call(program, calls[i], action);
}

/* Flags and numbers are 32-bit values to the kernel, so the low half is what it looks at. */
static size_t argument_offset(unsigned argument)
{
    size_t low = __BYTE_ORDER == __LITTLE_ENDIAN ? 0 : 4;
    return offsetof(struct seccomp_data, args) + argument * sizeof(uint64_t) + low;
}

static void emit_rule(struct program *program, const struct argument_rule *rule)
{
    unsigned char equal = rule->if_equal ? 0 : 1, other = rule->if_equal ? 1 : 0;
    emit(program,
         (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)rule->call, 0, 5));
    emit_load(program, argument_offset(rule->argument));
    emit(program, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, rule->mask));
    emit(program,
         (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, rule->value, equal, other));
    emit_return(program, fail_with(EPERM));
    emit_load(program, offsetof(struct seccomp_data, nr));
}

size_t sandbox_filter_build(const struct sandbox_filter *filter, struct sock_filter *to)
{
    struct program program = {.to = to};
    const struct argument_rule own_process = {.call = SYS_tgkill,
                                              .argument = 0,
                                              .mask = UINT32_MAX,
                                              .value = (uint32_t)filter->pid,
                                              .if_equal = false};

    /* Another architecture's entry (int 0x80) has other numbers: nothing below would hold. */
    emit_load(&program, offsetof(struct seccomp_data, arch));
    emit(&program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0));
    emit_return(&program, SECCOMP_RET_KILL_PROCESS);

    emit_load(&program, offsetof(struct seccomp_data, nr));
    emit_calls(&program, hot, COUNT(hot), SECCOMP_RET_ALLOW);
    emit(&program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, NEWEST_KNOWN, 0, 1));
    emit_return(&program, fail_with(ENOSYS));
    /* ENOSYS makes the C library fall back to clone() and open(), whose flags can be seen. */
    emit_call(&program, SYS_clone3, fail_with(ENOSYS));
    if (!filter->landlock && !filter->writing)
        emit_call(&program, SYS_openat2, fail_with(ENOSYS));

    emit_calls(&program, denied, COUNT(denied), fail_with(EPERM));
    if (!filter->network)
        emit_calls(&program, denied_network, COUNT(denied_network), fail_with(EPERM));
    if (!filter->writing)
        emit_calls(&program, denied_writing, COUNT(denied_writing), fail_with(EPERM));

    for (size_t i = 0; i < COUNT(argument_rules); i++)
        emit_rule(&program, &argument_rules[i]);
    for (size_t i = 0; !filter->writing && i < COUNT(open_rules); i++)
        emit_rule(&program, &open_rules[i]);
    emit_rule(&program, &own_process);
    emit_return(&program, SECCOMP_RET_ALLOW);
    return program.count;
}
