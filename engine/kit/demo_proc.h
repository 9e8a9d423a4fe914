/* Child processes of the demonstration: started, killed, waited for. */
#ifndef WW_KIT_DEMO_PROC_H
#define WW_KIT_DEMO_PROC_H

#include <stdbool.h>
#include <sys/types.h>

enum { WW_PROC_ARGS = 12 };

struct ww_proc {
	pid_t pid; /* 0: not running */
	const char *argv[WW_PROC_ARGS];
	const char *log; /* file its standard output and error are appended to */
};

/* Starts it. False (with a line on standard error) when that cannot be done. */
bool ww_proc_start(struct ww_proc *p);
/* Sends the signal and waits for the end; SIGKILL after ten seconds. Its exit status, 128 + signal, or -1 when
 * it was not running. */
int ww_proc_end(struct ww_proc *p, int signal);
/* It has ended by itself. */
bool ww_proc_gone(struct ww_proc *p);
/* Reads the number that follows `name ` (or, with name "", the first one) in a port file, waiting up to ten
 * seconds for it; 0 when it does not come or the process ends. */
unsigned ww_proc_port(struct ww_proc *p, const char *file, const char *name);
/* Runs it to its end with the output on ours; its exit status. */
int ww_proc_run(struct ww_proc *p);
void ww_proc_sleep(unsigned ms);

#endif
