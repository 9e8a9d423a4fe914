/* The commands of wardwire and what they share. Each reads its own command line and returns an exit status
 * (base/options.h). */
#ifndef WW_MAIN_MAIN_H
#define WW_MAIN_MAIN_H

#include <stdbool.h>

struct ww_site;

int ww_cmd_run(int argc, char **argv);
int ww_cmd_config(int argc, char **argv);
int ww_cmd_get(int argc, char **argv);
int ww_cmd_parse(int argc, char **argv);
int ww_cmd_lint(int argc, char **argv);
int ww_cmd_validate(int argc, char **argv);
int ww_cmd_load(int argc, char **argv);
int ww_cmd_roster(int argc, char **argv);
int ww_cmd_find(int argc, char **argv);
int ww_cmd_show(int argc, char **argv);
int ww_cmd_map(int argc, char **argv);
int ww_cmd_score(int argc, char **argv);
int ww_cmd_try(int argc, char **argv);
int ww_cmd_why(int argc, char **argv);
int ww_cmd_status(int argc, char **argv);
int ww_cmd_rebuild(int argc, char **argv);
int ww_cmd_schedule(int argc, char **argv);
int ww_cmd_queue(int argc, char **argv);
int ww_cmd_flags(int argc, char **argv);
int ww_cmd_match(int argc, char **argv);
int ww_cmd_report(int argc, char **argv);
int ww_cmd_backup(int argc, char **argv);
int ww_cmd_restore(int argc, char **argv);
int ww_cmd_release(int argc, char **argv);
int ww_cmd_journal(int argc, char **argv);
int ww_cmd_snapshot(int argc, char **argv);
int ww_cmd_replay(int argc, char **argv);
int ww_cmd_dismiss(int argc, char **argv);
int ww_cmd_refused(int argc, char **argv);

/* What rebuild does with an open site: makes the ledger anew, from the newest snapshot or, full,
 * from the first record, or in a file beside it and compares or prints it. The
 * old ledger is there until the new one is whole. */
int ww_rebuild(struct ww_site *site, bool full, bool only_check, bool only_dump);

#endif
