// A static executable hands its unwind tables to libgcc as it starts, which sorts all of them (300,000 entries, 60 ms) when
// a thread first unwinds: here the main thread, as it ends to leave the process to the others. Where they are not handed
// over, libgcc finds the table that the linker sorted. For executables linked with `--wrap=__register_frame_info
// --wrap=__deregister_frame_info`; nothing calls these in others.

void __wrap___register_frame_info(const void *tables, void *object);
void *__wrap___deregister_frame_info(const void *tables);

void __wrap___register_frame_info(const void *tables, void *object) {
  (void)tables;
  (void)object;
}

void *__wrap___deregister_frame_info(const void *tables) {
  (void)tables;
  return 0;
}
