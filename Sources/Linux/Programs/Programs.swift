/// Every program that a machine may have.
package enum Programs {
  package static let all: [any Program] = [
    Awk(), Awk("gawk"), Awk("mawk"), Base64(), BaseName(), BuildCommands(), Cat(), ChangeMode(),
    ChangeOwner(), ChangeOwner("chgrp"), Clear(), Clear("reset"), Copy(), Curl(), Cut(), Date(),
    Dig(), DirectoryName(), DiskFree(), DiskUsage(), Echo(), Edit("nano"), Edit("vi"),
    Edit("vim"), Env(), ExpressionProgram(), False(), Find(), Free(), GetEntries(), Grep(),
    Grep("egrep"), Grep("fgrep"), Groups(), Head(), HostLookUp(), HostName(), Identity(),
    InterfaceConfiguration(), Internet(), Kill(), KillByName("killall"), KillByName("pgrep"),
    KillByName("pidof"), KillByName("pkill"), Link(), List(), MakeDirectory(), Move(),
    NameLookUp(), Netcat(), Netcat("ncat"), NumberSequence(), Pager("less"), Pager("more"),
    Ping(), PrintEnvironment(), PrintWorkingDirectory(), Printf(), ProcessStatus(),
    ProcessorCount(), ReadLink(), RealPath(), Remove(), RemoveDirectory(), RouteTable(), Sed(),
    ShellProgram("ash"), ShellProgram("bash"), ShellProgram("dash"), ShellProgram("sh"), Sleep(),
    Sockets(), Sockets("netstat"), Sort(), Stat(), Stress(), Stress("stress-ng"), Sudo(),
    SwitchUser(), SystemName(), Tail(), Tee(), TerminalName(), Test(), Test("["), Time(),
    Timeout(), Top(), Touch(), Translate(), True(), Uniq(), Watch(), Wget(), Which(), WhoAmI(),
    WordCount(), Wrapper("ionice"), Wrapper("nice"), Wrapper("nohup"), Wrapper("setsid"),
    Wrapper("stdbuf"), Yes(),
  ]

  package static let byName = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
}
