/* Child processes of the demonstration. */
#include "kit/demo_proc.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WAIT_STEPS = 500, STEP_MS = 20 };

void
ww_proc_sleep(unsigned ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };

	(void)nanosleep(&t, NULL);
}

/* In the child: becomes the program. */
static void
become(const struct ww_proc *p)
{
	char *argv[WW_PROC_ARGS];

	/* execv takes pointers to char and does not change what they point to. */
	memcpy(argv, p->argv, sizeof(argv));
	if (p->log != NULL) {
		int fd = open(p->log, O_WRONLY | O_CREAT | O_APPEND, 0600);

		if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0)
			_exit(127);
	}
	(void)execv(argv[0], argv);
	_exit(127);
}

bool
ww_proc_start(struct ww_proc *p)
{
	(void)fflush(NULL);
	p->pid = fork();
	if (p->pid == 0)
		become(p);
	if (p->pid < 0) {
		perror("wardwire-kit: fork");
		p->pid = 0;
	}
	return p->pid != 0;
}

static int
exit_code(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int
ww_proc_end(struct ww_proc *p, int signal)
{
	int status = 0;

	if (p->pid == 0)
		return -1;
	(void)kill(p->pid, signal);
	for (int i = 0; i < WAIT_STEPS; i++) {
		if (waitpid(p->pid, &status, WNOHANG) == p->pid) {
			p->pid = 0;
			return exit_code(status);
		}
		ww_proc_sleep(STEP_MS);
	}
	(void)kill(p->pid, SIGKILL);
	(void)waitpid(p->pid, &status, 0);
	p->pid = 0;
	return exit_code(status);
}

bool
ww_proc_gone(struct ww_proc *p)
{
	int status;

	if (p->pid != 0 && waitpid(p->pid, &status, WNOHANG) == p->pid)
		p->pid = 0;
	return p->pid == 0;
}

int
ww_proc_run(struct ww_proc *p)
{
	int status = 0;

	if (!ww_proc_start(p))
		return 127;
	(void)waitpid(p->pid, &status, 0);
	p->pid = 0;
	return exit_code(status);
}

/* The number behind name in the file, 0 when it is not there. */
static unsigned
read_port(const char *file, const char *name)
{
	char line[256];
	unsigned port = 0;
	size_t n = strlen(name);
	FILE *f = fopen(file, "r");

	while (f != NULL && port == 0 && fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, name, n) == 0)
			port = (unsigned)strtoul(line + n, NULL, 10);
	}
	if (f != NULL)
		(void)fclose(f);
	return port;
}

unsigned
ww_proc_port(struct ww_proc *p, const char *file, const char *name)
{
	for (int i = 0; i < WAIT_STEPS; i++) {
		unsigned port = read_port(file, name);

		if (port != 0 || ww_proc_gone(p))
			return port;
		ww_proc_sleep(STEP_MS);
	}
	return 0;
}
