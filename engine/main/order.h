/* Orders that commands give: to the running engine, or, where none runs, to the journal and the ledger themselves. */
#ifndef WW_MAIN_ORDER_H
#define WW_MAIN_ORDER_H

#include "main/site.h"
#include "model/record.h"

#include <wardwire/json.h>

/* Options of every command that orders something, for a table of options. */
#define WW_ORDER_REASON_OPTION(reason)                                                             \
	{                                                                                          \
		.name = "reason", .argument = "TEXT", .text = &(reason),                           \
		.help = "why, for those who ask later; no patient's data"                          \
	}
#define WW_ORDER_WHO_OPTION(who)                                                                   \
	{                                                                                          \
		.name = "who", .argument = "NAME", .text = &(who),                                 \
		.help = "who orders it; the user's name unless given"                              \
	}

/* Gives the order o (an empty o->who becomes the user's name), waits until it is durable and applied, and prints what
 * came of it on standard output, or why it was refused on standard error. Returns an exit status: WW_EXIT_NO when it
 * does not fit the present state, WW_EXIT_USAGE when it is not well formed. */
int ww_order_give(struct ww_site *s, struct ww_rec_operator o, bool json);

/* Who orders: as given, else the user's name. */
const char *ww_order_who(const char *given);

/* A command that gives that order about its one argument, with the options above; usage asks for the argument. */
struct ww_usage;
int ww_order_command(const struct ww_usage *usage, const char *order, int argc, char **argv);

/* Asks the running engine; WW_E_CONNECT: none runs. */
WW_MUST ww_status ww_order_ask(struct ww_site *s, const char *what, struct ww_json **out);

/* What came of the order with that sequence: {"journal":17,"order":"pause","changed":1}, or with "code" and "reason"
 * instead of "changed" when it was refused. */
WW_MUST ww_status ww_order_outcome(
    struct ww_ctx *cx, struct ww_ledger *l, uint64_t seq, struct ww_json **out);

#endif
