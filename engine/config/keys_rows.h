/* Reads keys.def, and tree.def when WW_KEYS_TREE is defined: kinds of rows that the including file does not define are passed over, and all of them
 * are undefined afterwards. Without include guard, because it is read several times. */
#ifndef WW_KEYS_OPEN
#define WW_KEYS_OPEN(part, path)
#endif
#ifndef WW_KEY_TEXT
#define WW_KEY_TEXT(part, key, format, need, fallback, help)
#endif
#ifndef WW_KEY_NUMBER
#define WW_KEY_NUMBER(part, key, fallback, least, most, help)
#endif
#ifndef WW_KEY_FLAG
#define WW_KEY_FLAG(part, key, help)
#endif
#ifndef WW_KEY_CHOICE
#define WW_KEY_CHOICE(part, key, choices, fallback, help)
#endif
#ifndef WW_KEY_TEXTS
#define WW_KEY_TEXTS(part, field, key, format, help)
#endif
#ifndef WW_KEY_NAMES
#define WW_KEY_NAMES(part, key, need, help)
#endif
#ifndef WW_KEY_CONDITIONS
#define WW_KEY_CONDITIONS(part, key, help)
#endif
#ifndef WW_KEY_PART
#define WW_KEY_PART(part, key, inner, help)
#endif
#ifndef WW_KEY_LIST
#define WW_KEY_LIST(part, key, inner, help)
#endif
#ifndef WW_KEY_MAP
#define WW_KEY_MAP(part, key, choices, inner, help)
#endif
#ifndef WW_KEY_ENUM
#define WW_KEY_ENUM(part, key, choices, need, help)
#endif
#ifndef WW_KEY_TREE
#define WW_KEY_TREE(part, key, help)
#endif
#ifndef WW_KEYS_CLOSE
#define WW_KEYS_CLOSE(part)
#endif

#ifdef WW_KEYS_TREE
#include "config/tree.def"
#endif
#include "config/keys.def"

#undef WW_KEYS_OPEN
#undef WW_KEY_TEXT
#undef WW_KEY_NUMBER
#undef WW_KEY_FLAG
#undef WW_KEY_CHOICE
#undef WW_KEY_TEXTS
#undef WW_KEY_NAMES
#undef WW_KEY_CONDITIONS
#undef WW_KEY_PART
#undef WW_KEY_LIST
#undef WW_KEY_MAP
#undef WW_KEY_ENUM
#undef WW_KEY_TREE
#undef WW_KEYS_TREE
#undef WW_KEYS_CLOSE
