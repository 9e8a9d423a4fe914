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

/* The text of each value, by its number; "?" outside the range. */
#define WW_ENUM_OPEN(e) const char *ww_##e##_text(int64_t v);
#define WW_VALUE(e, name, text)
#define WW_ENUM_CLOSE(e)
#include <wardwire/enums.def>
#undef WW_ENUM_OPEN
#undef WW_VALUE
#undef WW_ENUM_CLOSE

#endif
