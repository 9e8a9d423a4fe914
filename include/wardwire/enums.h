/* The coded values of the internal model, made from enums.def. */
#ifndef WARDWIRE_ENUMS_H
#define WARDWIRE_ENUMS_H

#include <stdint.h>

#define WW_ENUM_OPEN(e)                                                                            \
	enum ww_##e                                                                                \
	{
#define WW_VALUE(e, name, text) WW_##e##_##name,
#define WW_ENUM_CLOSE(e)                                                                           \
	ww_##e##_count                                                                             \
	}                                                                                          \
	;
#include <wardwire/enums.def>
#undef WW_ENUM_OPEN
#undef WW_VALUE
#undef WW_ENUM_CLOSE

/* The text of each value, by its number; "?" outside the range. All of them, by their numbers; NULL ends them. */
#define WW_ENUM_OPEN(e)                                                                            \
	const char *ww_##e##_text(int64_t v);                                                      \
	extern const char *const ww_##e##_texts[];
#define WW_VALUE(e, name, text)
#define WW_ENUM_CLOSE(e)
#include <wardwire/enums.def>
#undef WW_ENUM_OPEN
#undef WW_VALUE
#undef WW_ENUM_CLOSE

#endif
