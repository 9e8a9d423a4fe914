/* The commands of wardwire-kit, the second program: what testers and newcomers put around an engine. */
#ifndef WW_KIT_KIT_H
#define WW_KIT_KIT_H

/* Each reads its own command line (argv[0] is its name) and returns an exit status (base/options.h). */
int ww_kit_send(int argc, char **argv);     /* send.c */
int ww_kit_listen(int argc, char **argv);   /* listen.c */
int ww_kit_practice(int argc, char **argv); /* practice_command.c */
int ww_kit_payer(int argc, char **argv);    /* payer.c */
int ww_kit_gen(int argc, char **argv);      /* gen_command.c */
int ww_kit_gen_year(int argc, char **argv); /* year_command.c; its name is "year" */
int ww_kit_token(int argc, char **argv);    /* token.c */
int ww_kit_demo(int argc, char **argv);     /* demo.c */

#endif
