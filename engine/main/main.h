/* The commands of wardwire and what they share. Each reads its own command line and returns an exit status
 * (base/options.h). */
#ifndef WW_MAIN_MAIN_H
#define WW_MAIN_MAIN_H

int ww_cmd_run(int argc, char **argv);
int ww_cmd_config(int argc, char **argv);
int ww_cmd_get(int argc, char **argv);
int ww_cmd_parse(int argc, char **argv);
int ww_cmd_map(int argc, char **argv);
int ww_cmd_try(int argc, char **argv);
int ww_cmd_why(int argc, char **argv);
int ww_cmd_status(int argc, char **argv);
int ww_cmd_rebuild(int argc, char **argv);
int ww_cmd_refused(int argc, char **argv);

#endif
