// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/test.h"

#include "base/fd.h"
#include "base/sandbox.h"
#include "base/sandbox_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#if SANDBOX_SANITIZED
#include <sanitizer/lsan_interface.h>
#endif

/* Each case runs in a child, which cannot come back out; its exit code is what went wrong. */
static int wrong;

static void expect(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "in the sandbox: %s does not hold (%s)\n", what, strerror(errno));
        wrong++;
    }
}
#define EXPECT(condition)   expect((condition), #condition)
#define EXPECT_DENIED(call) (errno = 0, expect((call) == -1 && errno == EPERM, #call " is denied"))
/* Landlock answers EACCES (EXDEV for a rename out of the folder), seccomp EPERM. */
#define EXPECT_REFUSED(call)                                                                       \
    (errno = 0,                                                                                    \
     expect((call) == -1 && (errno == EPERM || errno == EACCES || errno == EXDEV), #call))

struct outside {
    const char *folder;             /* exists */
    const char *file, *other, *new; /* exist, exists, does not exist; in the folder */
    int open_file;                  /* open for writing */
    int pipe[2];
};

static void in_child(void (*run)(const struct outside *outside), const struct outside *outside)
{
    int status = 0;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        wrong = 0;
        run(outside);
#if SANDBOX_SANITIZED
        /* Its tracer must still be able to stop us. */
        EXPECT(__lsan_do_recoverable_leak_check() == 0);
#endif
        _exit(wrong);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK_EQ(0, WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status));
}

static str make_file(struct arena *arena, const char *name)
{
    struct err err = {0};
    str path = arena_printf(arena, "%s/%s", test_folder(), name);
    CHECK_OK(fd_replace_file(path.ptr, STR("text"), &err), &err);
    return path;
}

static struct outside make_outside(struct arena *arena)
{
    static int count;
    struct outside outside = {0};
    outside.folder = arena_printf(arena, "%s/sandbox-%d", test_folder(), count).ptr;
    CHECK(mkdir(outside.folder, 0700) == 0);
    outside.file = make_file(arena, arena_printf(arena, "sandbox-%d/file", count).ptr).ptr;
    outside.other = make_file(arena, arena_printf(arena, "sandbox-other-%d", count).ptr).ptr;
    outside.new = arena_printf(arena, "%s/new", outside.folder).ptr;
    outside.open_file = open(outside.other, O_WRONLY | O_CLOEXEC);
    CHECK(outside.open_file >= 0 && pipe2(outside.pipe, O_CLOEXEC) == 0);
    count++;
    return outside;
}

static void close_outside(const struct outside *outside)
{
    close(outside->open_file);
    close(outside->pipe[0]);
    close(outside->pipe[1]);
}

static void enter(const struct sandbox *sandbox)
{
    struct err err = {0};
    enum sandbox_level level = SANDBOX_NONE;
    if (sandbox_enter(sandbox, &level, &err) < 0) {
        fprintf(stderr, "%s\n", err.message);
        wrong++;
    }
    EXPECT(level >= SANDBOX_SECCOMP);
}

static void *in_thread(void *result)
{
    *(int *)result = socket(AF_INET, SOCK_STREAM, 0) == -1 && errno == EPERM;
    return NULL;
}

static void deny_always(const struct outside *outside)
{
    char name[] = "true", *const arguments[] = {name, NULL};
    struct clone_args clone3 = {.exit_signal = SIGCHLD};
    EXPECT_DENIED(execve("/bin/true", arguments, NULL));
    EXPECT_DENIED(syscall(SYS_execveat, AT_FDCWD, "/bin/true", arguments, NULL, 0));
    EXPECT_DENIED(unshare(CLONE_NEWUSER));
    EXPECT_DENIED(syscall(SYS_mount, "none", outside->folder, "tmpfs", 0, NULL));
    EXPECT_DENIED(syscall(SYS_bpf, 0, NULL, 0));
    EXPECT_DENIED(syscall(SYS_userfaultfd, 0));
    EXPECT_DENIED(syscall(SYS_io_uring_setup, 1, NULL));
    EXPECT_DENIED(syscall(SYS_keyctl, 0, 0, 0));
    EXPECT_DENIED(syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0));
    EXPECT_DENIED(kill(getppid(), 0));
    EXPECT_DENIED(syscall(SYS_tgkill, getppid(), getppid(), 0));
    EXPECT_DENIED(ioctl(0, TIOCSTI, "x"));
    EXPECT_DENIED(syscall(SYS_clone, (long)(SIGCHLD | CLONE_NEWUSER), NULL, NULL, NULL, NULL));
    EXPECT(syscall(SYS_clone3, &clone3, sizeof(clone3)) == -1 && errno == ENOSYS);
    EXPECT(syscall(700) == -1 && errno == ENOSYS);
    EXPECT(mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                0) == MAP_FAILED);
#if !SANDBOX_SANITIZED
    EXPECT_DENIED(fork());
    EXPECT_DENIED(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
#endif
#ifdef __x86_64__
    EXPECT(syscall(0x40000000 | SYS_getpid) == -1 && errno == ENOSYS);
#endif
}

static void allow_always(const struct outside *outside)
{
    char text[8] = "";
    int denied = 0;
    pthread_t thread;
    FD_SCOPED file = open(outside->file, O_RDONLY | O_CLOEXEC);
    EXPECT(file >= 0 && read(file, text, 4) == 4 && memcmp(text, "text", 4) == 0);
    EXPECT(write(outside->open_file, "TEXT", 4) == 4 && ftruncate(outside->open_file, 4) == 0);
    EXPECT(write(outside->pipe[1], "x", 1) == 1 && read(outside->pipe[0], text, 1) == 1);
    EXPECT(pthread_create(&thread, NULL, in_thread, &denied) == 0);
    EXPECT(pthread_join(thread, NULL) == 0 && denied);
    DIR_SCOPED folder = opendir(outside->folder);
    EXPECT(folder != NULL && readdir(folder) != NULL);
    EXPECT(kill(getpid(), 0) == -1 && raise(0) == 0);
    void *heap = malloc(1 << 24);
    EXPECT(heap != NULL);
    free(heap);
}

static void without_writing(const struct outside *outside)
{
    struct open_how how = {.flags = O_WRONLY | O_CLOEXEC};
    enter(&(struct sandbox){0});
    EXPECT_DENIED(socket(AF_UNIX, SOCK_STREAM, 0));
    EXPECT_DENIED(socket(AF_INET6, SOCK_DGRAM, 0));
    EXPECT_DENIED(open(outside->file, O_WRONLY));
    EXPECT_DENIED(open(outside->file, O_RDWR));
    EXPECT_DENIED(open(outside->file, O_RDONLY | O_TRUNC));
    EXPECT_DENIED(open(outside->new, O_RDONLY | O_CREAT, 0600));
    EXPECT_DENIED(open(outside->folder, O_TMPFILE | O_RDWR, 0600));
    EXPECT_DENIED(unlink(outside->file));
    EXPECT_DENIED(rename(outside->file, outside->new));
    EXPECT_DENIED(mkdir(outside->new, 0700));
    EXPECT_DENIED(chmod(outside->file, 0777));
    EXPECT_DENIED(truncate(outside->file, 0));
    EXPECT(syscall(SYS_openat2, AT_FDCWD, outside->file, &how, sizeof(how)) == -1);
    deny_always(outside);
    allow_always(outside);
}

static void with_writing(const struct outside *outside)
{
    struct err err = {0};
    const char *const writable[] = {outside->folder, "/nonexistent/folder", NULL};
    enter(&(struct sandbox){.writable = writable});
    EXPECT(fd_replace_file(outside->new, STR("new"), &err) == 0);
    EXPECT(rename(outside->new, outside->file) == 0);
    EXPECT(unlink(outside->file) == 0 && fd_replace_file(outside->file, STR("text"), &err) == 0);
    EXPECT(mkdir(outside->new, 0700) == 0 && rmdir(outside->new) == 0);
    EXPECT_REFUSED(mknod(outside->new, S_IFCHR | 0600, 0));
    EXPECT_DENIED(socket(AF_UNIX, SOCK_STREAM, 0));
    EXPECT_REFUSED(open(outside->other, O_WRONLY));
    EXPECT_REFUSED(unlink(outside->other));
    EXPECT_REFUSED(truncate(outside->other, 0));
    EXPECT_REFUSED(rename(outside->file, outside->other));
    EXPECT_REFUSED(open("/dev/null", O_RDWR));
    deny_always(outside);
    allow_always(outside);
}

static void with_network(const struct outside *outside)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/nonexistent/socket"};
    enter(&(struct sandbox){.network = true});
    FD_SCOPED fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT(fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == -1 &&
           errno == ENOENT);
    EXPECT_DENIED(open(outside->file, O_WRONLY));
    deny_always(outside);
}

/* Kernels from 5.13 on: what each version of Landlock lacks is not asked of it. */
static void landlock_alone(const struct outside *outside, int abi)
{
    struct err err = {0};
    const char *const writable[] = {outside->folder, outside->other, NULL};
    EXPECT(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    if (sandbox_restrict_files(&(struct sandbox){.writable = writable}, abi, &err) < 0)
        fprintf(stderr, "ABI %d: %s\n", abi, err.message), wrong++;
    EXPECT(fd_replace_file(outside->new, STR("new"), &err) == 0);
    EXPECT(truncate(outside->other, 0) == 0);
    EXPECT_REFUSED(open("/dev/null", O_WRONLY));
    EXPECT_REFUSED(open("/bin/true", O_WRONLY));
    EXPECT_REFUSED(mkdir("/tmp/harden-sandbox", 0700));
    EXPECT_REFUSED(execl("/bin/true", "true", NULL));
    EXPECT(unlink(outside->new) == 0);
    EXPECT_REFUSED(mknod(outside->new, S_IFIFO | 0600, 0));
}

static void landlock_1(const struct outside *outside)
{
    landlock_alone(outside, 1);
}

static void landlock_2(const struct outside *outside)
{
    landlock_alone(outside, 2);
}

static void landlock_3(const struct outside *outside)
{
    landlock_alone(outside, 3);
}

static void landlock_4(const struct outside *outside)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(1)};
    landlock_alone(outside, 4);
    FD_SCOPED fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_REFUSED(connect(fd, (struct sockaddr *)&address, sizeof(address)));
    EXPECT_REFUSED(bind(fd, (struct sockaddr *)&address, sizeof(address)));
}

static void landlock_5(const struct outside *outside)
{
    landlock_alone(outside, 5);
}

static void landlock_6(const struct outside *outside)
{
    landlock_alone(outside, 6);
    EXPECT_REFUSED(kill(getppid(), 0));
}

static void landlock_7(const struct outside *outside)
{
    landlock_alone(outside, 7);
}

/* A kernel without Landlock: the filter alone. */
static void filter_alone(const struct outside *outside)
{
    struct sock_filter instructions[SANDBOX_FILTER_MAX];
    const struct sandbox_filter filter = {.pid = getpid()};
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC};
    struct sock_fprog program = {.filter = instructions};
    program.len = (unsigned short)sandbox_filter_build(&filter, instructions);
    EXPECT(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    EXPECT(syscall(SYS_seccomp, 1, 0, &program) == 0);
    EXPECT_DENIED(open(outside->file, O_WRONLY));
    EXPECT(syscall(SYS_openat2, AT_FDCWD, outside->file, &how, sizeof(how)) == -1 &&
           errno == ENOSYS);
    deny_always(outside);
    allow_always(outside);
}

/* What was forked before goes on: the child that fetches for us. */
static void child_from_before(const struct outside *outside)
{
    int ends[2], status = 0;
    char byte = 0;
    EXPECT(pipe2(ends, O_CLOEXEC) == 0);
    pid_t child = fork();
    if (child == 0) {
        int fd = -1;
        if (read(outside->pipe[0], &byte, 1) == 1)
            fd = socket(AF_UNIX, SOCK_STREAM, 0);
        _exit(fd >= 0 && write(ends[1], "y", 1) == 1 ? 0 : 1);
    }
    enter(&(struct sandbox){0});
    EXPECT(write(outside->pipe[1], "x", 1) == 1);
    EXPECT(read(ends[0], &byte, 1) == 1 && byte == 'y');
    EXPECT(waitpid(child, &status, 0) == child && status == 0);
    close(ends[0]);
    close(ends[1]);
}

static void twice(const struct outside *outside)
{
    enter(&(struct sandbox){.network = true});
    enter(&(struct sandbox){0});
    EXPECT_DENIED(socket(AF_UNIX, SOCK_STREAM, 0));
    deny_always(outside);
}

static void run_case(void (*run)(const struct outside *outside))
{
    ARENA_SCOPED arena = {0};
    struct outside outside = make_outside(&arena);
    in_child(run, &outside);
    close_outside(&outside);
}

TEST(sandbox_without_writing)
{
    run_case(without_writing);
}

TEST(sandbox_with_writing)
{
    run_case(with_writing);
}

TEST(sandbox_with_network)
{
    run_case(with_network);
}

TEST(sandbox_filter_alone)
{
    run_case(filter_alone);
}

TEST(sandbox_landlock_versions)
{
    static void (*const cases[])(const struct outside *) = {
        [1] = landlock_1, [2] = landlock_2, [3] = landlock_3, [4] = landlock_4,
        [5] = landlock_5, [6] = landlock_6, [7] = landlock_7,
    };
    long newest = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
    for (long abi = 1; abi <= newest && abi <= 7; abi++)
        run_case(cases[abi]);
}

TEST(sandbox_child_from_before)
{
    run_case(child_from_before);
}

TEST(sandbox_twice)
{
    run_case(twice);
}
