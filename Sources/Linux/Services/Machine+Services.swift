extension Machine {
  /// Puts systemd's tools in place, for a machine that has services.
  package func installServiceTools() {
    let tools: [any Program] =
      [SystemControl(), JournalControl(), ServiceCommand(), StartupAnalysis()]
      + ["reboot", "poweroff", "halt", "shutdown"].map(PowerProgram.init)
    for tool in tools { install(tool) }
  }

  /// Gives the machine one more program, at a path or where such programs live.
  package func install(_ program: any Program, at path: String? = nil) {
    programs[program.name] = program
    try? StandardFiles.install(program: program.name, at: path, into: files)
  }
}
