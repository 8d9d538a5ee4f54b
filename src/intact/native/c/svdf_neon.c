#define VERSION(name) name##_neon
#include "svdf.c"
