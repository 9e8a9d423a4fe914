/* The parts of wardwire roster, one file each. Every one is a command of its own that gets its name as argv[0]. */
#ifndef WW_MAIN_CMD_ROSTER_H
#define WW_MAIN_CMD_ROSTER_H

int ww_roster_load_command(int argc, char **argv);    /* roster_load.c */
int ww_roster_ls_command(int argc, char **argv);      /* roster_ls.c */
int ww_roster_show_command(int argc, char **argv);    /* roster_show.c */
int ww_roster_propose_command(int argc, char **argv); /* roster_show.c */
int ww_roster_release_command(int argc, char **argv); /* cmd_roster.c */

#endif
