#define VERSION(name) name##_vnni
#include "svdf.c"
