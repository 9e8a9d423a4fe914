#include <wardwire/act.h>

/* No message has these: an event of our own, and versions of an Encounter. */
static const struct ww_trigger ours[] = {
	{ "close", WW_ACT_CLOSE, NULL },
	{ "planned", WW_ACT_PREADMIT, NULL },
	{ "arrived", WW_ACT_REGISTER, NULL },
	{ "admitted", WW_ACT_ADMIT, NULL },
	{ "transferred", WW_ACT_TRANSFER, NULL },
	{ "updated", WW_ACT_UPDATE, NULL },
	{ "finished", WW_ACT_DISCHARGE, NULL },
	{ "cancelled", WW_ACT_CANCEL_VISIT, NULL },
	{ "in error", WW_ACT_DELETE, NULL },
	{ "patient", WW_ACT_PERSON, NULL },
	{ "merged", WW_ACT_MERGE_PERSON, NULL },
};

/* Index: the number of the event. A19 is a query, A56 to A59 are none of table 0003. */
static const struct ww_trigger triggers[] = {
	[1] = { "A01", WW_ACT_ADMIT, NULL },
	[2] = { "A02", WW_ACT_TRANSFER, NULL },
	[3] = { "A03", WW_ACT_DISCHARGE, NULL },
	[4] = { "A04", WW_ACT_REGISTER, NULL },
	[5] = { "A05", WW_ACT_PREADMIT, NULL },
	[6] = { "A06", WW_ACT_INPATIENT, NULL },
	[7] = { "A07", WW_ACT_OUTPATIENT, NULL },
	[8] = { "A08", WW_ACT_UPDATE, NULL },
	[9] = { "A09", WW_ACT_NONE, "tracking: temporary places are not kept" },
	[10] = { "A10", WW_ACT_NONE, "tracking: temporary places are not kept" },
	[11] = { "A11", WW_ACT_CANCEL_ADMIT, NULL },
	[12] = { "A12", WW_ACT_CANCEL_TRANSFER, NULL },
	[13] = { "A13", WW_ACT_CANCEL_DISCHARGE, NULL },
	[14] = { "A14", WW_ACT_PENDING_ADMIT, NULL },
	[15] = { "A15", WW_ACT_NONE, "a transfer that is only planned" },
	[16] = { "A16", WW_ACT_PENDING_DISCHARGE, NULL },
	[17] = { "A17", WW_ACT_TRANSFER, NULL },
	[18] = { "A18", WW_ACT_MERGE_PERSON, NULL },
	[20] = { "A20", WW_ACT_NONE, "the status of a bed: it names no patient" },
	[21] = { "A21", WW_ACT_LEAVE, NULL },
	[22] = { "A22", WW_ACT_RETURN, NULL },
	[23] = { "A23", WW_ACT_DELETE, NULL },
	[24] = { "A24", WW_ACT_LINK, NULL },
	[25] = { "A25", WW_ACT_CANCEL_PENDING_DISCHARGE, NULL },
	[26] = { "A26", WW_ACT_NONE, "a transfer that was only planned" },
	[27] = { "A27", WW_ACT_CANCEL_PENDING_ADMIT, NULL },
	[28] = { "A28", WW_ACT_PERSON, NULL },
	[29] = { "A29", WW_ACT_NONE, "a patient is not deleted by a message" },
	[30] = { "A30", WW_ACT_MERGE_PERSON, NULL },
	[31] = { "A31", WW_ACT_PERSON, NULL },
	[32] = { "A32", WW_ACT_NONE, "tracking: temporary places are not kept" },
	[33] = { "A33", WW_ACT_NONE, "tracking: temporary places are not kept" },
	[34] = { "A34", WW_ACT_MERGE_PERSON, NULL },
	[35] = { "A35", WW_ACT_MERGE_ACCOUNT, NULL },
	[36] = { "A36", WW_ACT_MERGE_PERSON, NULL },
	[37] = { "A37", WW_ACT_UNLINK, NULL },
	[38] = { "A38", WW_ACT_CANCEL_PREADMIT, NULL },
	[39] = { "A39", WW_ACT_MERGE_PERSON, NULL },
	[40] = { "A40", WW_ACT_MERGE_PERSON, NULL },
	[41] = { "A41", WW_ACT_MERGE_ACCOUNT, NULL },
	[42] = { "A42", WW_ACT_MERGE_VISIT, NULL },
	[43] = { "A43", WW_ACT_MOVE_PERSON, NULL },
	[44] = { "A44", WW_ACT_MOVE_ACCOUNT, NULL },
	[45] = { "A45", WW_ACT_MOVE_VISIT, NULL },
	[46] = { "A46", WW_ACT_MERGE_PERSON, NULL },
	[47] = { "A47", WW_ACT_MERGE_PERSON, NULL },
	[48] = { "A48", WW_ACT_MERGE_PERSON, NULL },
	[49] = { "A49", WW_ACT_MERGE_ACCOUNT, NULL },
	[50] = { "A50", WW_ACT_MERGE_VISIT, NULL },
	[51] = { "A51", WW_ACT_NONE, "alternate numbers of visits are not kept" },
	[52] = { "A52", WW_ACT_CANCEL_LEAVE, NULL },
	[53] = { "A53", WW_ACT_CANCEL_RETURN, NULL },
	[54] = { "A54", WW_ACT_UPDATE, NULL },
	[55] = { "A55", WW_ACT_UPDATE, NULL },
	[60] = { "A60", WW_ACT_NONE, "allergies are not kept" },
	[61] = { "A61", WW_ACT_NONE, "consulting doctors are not kept" },
	[62] = { "A62", WW_ACT_NONE, "consulting doctors are not kept" },
};
enum { TRIGGERS = sizeof(triggers) / sizeof(triggers[0]) };

enum { OPENS = 1, ADMITS = 2, CANCELS = 4, RENUMBERS = 8 };

static const struct {
	int rank;
	unsigned is;
	const char *text;
} acts[WW_ACTS] = {
	[WW_ACT_NONE] = { 0, 0, "nothing" },
	[WW_ACT_PREADMIT] = { 1, OPENS, "pre-admit" },
	[WW_ACT_PENDING_ADMIT] = { 1, OPENS, "pending admit" },
	[WW_ACT_REGISTER] = { 2, OPENS | ADMITS, "register" },
	[WW_ACT_ADMIT] = { 3, OPENS | ADMITS, "admit" },
	[WW_ACT_INPATIENT] = { 4, OPENS | ADMITS, "outpatient to inpatient" },
	[WW_ACT_OUTPATIENT] = { 4, 0, "inpatient to outpatient" },
	[WW_ACT_TRANSFER] = { 5, 0, "transfer" },
	[WW_ACT_LEAVE] = { 6, 0, "leave of absence" },
	[WW_ACT_RETURN] = { 7, 0, "return from leave" },
	[WW_ACT_PENDING_DISCHARGE] = { 8, 0, "pending discharge" },
	[WW_ACT_UPDATE] = { 9, 0, "update" },
	[WW_ACT_DISCHARGE] = { 10, 0, "discharge" },
	[WW_ACT_CANCEL_ADMIT] = { 11, CANCELS, "cancel admit" },
	[WW_ACT_CANCEL_TRANSFER] = { 11, CANCELS, "cancel transfer" },
	[WW_ACT_CANCEL_DISCHARGE] = { 12, CANCELS, "cancel discharge" },
	[WW_ACT_CANCEL_PENDING_DISCHARGE] = { 11, CANCELS, "cancel pending discharge" },
	[WW_ACT_CANCEL_PENDING_ADMIT] = { 11, CANCELS, "cancel pending admit" },
	[WW_ACT_CANCEL_PREADMIT] = { 11, CANCELS, "cancel pre-admit" },
	[WW_ACT_CANCEL_LEAVE] = { 11, CANCELS, "cancel leave of absence" },
	[WW_ACT_CANCEL_RETURN] = { 11, CANCELS, "cancel return from leave" },
	[WW_ACT_CANCEL_VISIT] = { 12, CANCELS, "cancel visit" },
	[WW_ACT_DELETE] = { 13, 0, "delete visit" },
	[WW_ACT_CLOSE] = { 14, 0, "closed without discharge" },
	[WW_ACT_PERSON] = { 0, 0, "person" },
	[WW_ACT_MERGE_PERSON] = { 0, RENUMBERS, "merge patients" },
	[WW_ACT_MERGE_ACCOUNT] = { 0, RENUMBERS, "merge accounts" },
	[WW_ACT_MERGE_VISIT] = { 0, RENUMBERS, "merge visits" },
	[WW_ACT_MOVE_PERSON] = { 0, RENUMBERS, "move patient number" },
	[WW_ACT_MOVE_ACCOUNT] = { 0, RENUMBERS, "move account" },
	[WW_ACT_MOVE_VISIT] = { 0, RENUMBERS, "move visit" },
	[WW_ACT_LINK] = { 0, RENUMBERS, "link patients" },
	[WW_ACT_UNLINK] = { 0, RENUMBERS, "unlink patients" },
};

const struct ww_trigger *
ww_trigger_find(ww_str code)
{
	size_t n;

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		if (ww_str_is(code, ours[i].code))
			return &ours[i];
	}
	if (code.n != 3 || code.p[0] != 'A' || code.p[1] < '0' || code.p[1] > '9' ||
	    code.p[2] < '0' || code.p[2] > '9')
		return NULL;
	n = (size_t)(code.p[1] - '0') * 10 + (size_t)(code.p[2] - '0');
	return n < TRIGGERS && triggers[n].code != NULL ? &triggers[n] : NULL;
}

enum ww_act
ww_act_of(ww_str trigger)
{
	const struct ww_trigger *t = ww_trigger_find(trigger);

	return t == NULL ? WW_ACT_NONE : t->act;
}

const char *
ww_act_text(enum ww_act a)
{
	return acts[a].text;
}

int
ww_act_rank(enum ww_act a)
{
	return acts[a].rank;
}

bool
ww_act_opens(enum ww_act a)
{
	return (acts[a].is & OPENS) != 0;
}

bool
ww_act_admits(enum ww_act a)
{
	return (acts[a].is & ADMITS) != 0;
}

bool
ww_act_cancels(enum ww_act a)
{
	return (acts[a].is & CANCELS) != 0;
}

bool
ww_act_renumbers(enum ww_act a)
{
	return (acts[a].is & RENUMBERS) != 0;
}

const char *
ww_act_group(enum ww_act a, ww_str trigger)
{
	if (a == WW_ACT_MOVE_VISIT)
		return "MRG";
	return ww_act_renumbers(a) || ww_str_is(trigger, "A17") ? "PID" : NULL;
}
