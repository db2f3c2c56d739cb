/// Every program that a machine may have.
package enum Programs {
  package static let all: [any Program] = [
    Awk("gawk"), Awk("mawk"), Awk(), Base64(), BaseName(), BuildCommands(), Cat(), ChangeMode(),
    ChangeOwner("chgrp"), ChangeOwner(), Clear("reset"), Clear(), Copy(), CopyBlocks(), Curl(),
    Cut(), Date(), Difference(), Dig(), DirectoryName(), DiskFree(), DiskUsage(), Echo(),
    Edit("edit"), Edit("nano"), Edit("vi"), Edit("vim"), Env(), ExpressionProgram(), False(),
    Find(), Free(),
    GetEntries(), Grep("egrep"), Grep("fgrep"), Grep(), Groups(), Head(), HostLookUp(),
    HostName(), Identity(), InterfaceConfiguration(), Internet(), Kill(), KillByName("killall"),
    KillByName("pgrep"), KillByName("pidof"), KillByName("pkill"), LastToFirst(), Link(), List(),
    MakeDirectory(), Move(), NameLookUp(), Netcat("ncat"), Netcat(), NumberLines(),
    NumberSequence(), Pager("less"), Pager("more"), Paste(), Ping(), PrintEnvironment(),
    PrintWorkingDirectory(), Printf(), ProcessStatus(), ProcessorCount(), QueryProgram(),
    ReadLink(), RealPath(), Remove(), RemoveDirectory(), ReverseLines(), RouteTable(), Sed(),
    ShellProgram("ash"), ShellProgram("bash"), ShellProgram("dash"), ShellProgram("sh"),
    Shuffle(), Sleep(), Sockets("netstat"), Sockets(), Sort(), Stat(), Stress("stress-ng"),
    Stress(), Sudo(), SwitchUser(), SystemName(), Tail(), TapeArchive(), Tee(), Temporary(),
    TerminalName(),
    Test("["), Test(), Time(), Timeout(), Top(), Touch(), Translate(), True(),
    Truncate("fallocate"), Truncate(), Uniq(), Watch(), Wget(), Which(), WhoAmI(), WordCount(),
    Wrapper("ionice"), Wrapper("nice"), Wrapper("nohup"), Wrapper("setsid"), Wrapper("stdbuf"),
    Yes(),
  ]

  package static let byName = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
}
