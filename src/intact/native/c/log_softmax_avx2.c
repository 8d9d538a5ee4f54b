#define VERSION(name) name##_avx2
#include "log_softmax.c"
