/* Reports with a file of their own; the others are in cmd_report.c. */
#ifndef WW_MAIN_REPORT_H
#define WW_MAIN_REPORT_H

int ww_report_sla(int argc, char **argv);

#endif
