// Both bodies of the kernels, for foreachprocessor.h.
#include "embedding/module/gemmbody.h"
#include "embedding/module/kernelsbody.h"
