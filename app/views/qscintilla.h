#pragma once

// QScintilla's headers are written with Qt's keywords, which the rest of the program does
// without: they are defined around its includes only. Include QScintilla through this header.
#pragma push_macro("signals")
#pragma push_macro("slots")
#define signals Q_SIGNALS
#define slots Q_SLOTS
#include <Qsci/qscilexerpython.h>
#include <Qsci/qsciscintilla.h>
#pragma pop_macro("slots")
#pragma pop_macro("signals")
