import Documents

/// Every program that a machine may have.
package enum Programs {
  package static let all: [any Program] = everyday + administration + inspection

  /// What everybody uses.
  private static let everyday: [any Program] = [
    Awk("gawk"), Awk("mawk"), Awk(), AddressResolution(), Base64(), BaseName(), Bridges("brctl"),
    Bridges("bridge"), BuildCommands(), Cat(), ChangeMode(),
    ChangeRoot(),
    ChangeOwner("chgrp"), ChangeOwner(), Clear("reset"), Clear(), Copy(), CopyBlocks(), Curl(),
    Cut(), Date(), Difference(), Dig(), DirectoryName(), DiskFree(), DiskUsage(), Echo(),
    Edit("edit"), Edit("nano"), Edit("vi"), Edit("vim"), Env(), EnvironmentSubstitution(),
    ExpressionProgram(), False(),
    Find(), Free(),
    GetEntries(), Grep("egrep"), Grep("fgrep"), Grep(), Groups(), Head(), HostLookUp(),
    HostName(), Identity(), InterfaceConfiguration(), Internet(), Kill(), KillByName("killall"),
    KillByName("pgrep"), KillByName("pidof"), KillByName("pkill"), LastToFirst(), Link(), List(),
    MakeDirectory(), MakePipe(), Move(), NameLookUp(), Netcat("ncat"), Netcat(), NumberLines(),
    NamespaceEntry(), NumberSequence(), Pager("less"), Pager("more"), Paste(), Ping(),
    PrintEnvironment(),
    PasswordFile(), PrintWorkingDirectory(), Printf(), ProcessStatus(), ProcessTree(),
    ProcessorCount(),
    QueryProgram(),
    ReadLink(), RealPath(), Remove(), RemoveDirectory(), ReverseLines(), RouteTable(), Sed(),
    ShellProgram("ash"), ShellProgram("bash"), ShellProgram("dash"), ShellProgram("sh"),
    Shuffle(), Sleep(), Sockets("netstat"), Sockets(), Sort(), Stat(), Stress("stress-ng"),
    Stress(), Sudo(), SwitchUser(), SystemName(), Tail(), TapeArchive(), Tee(),
    Temporary(),
    TerminalCapabilities(), TerminalName(), TerminalSettings(),
    Test("["), Test(), Time(), Timeout(), Top(), Touch(), Translate(), True(),
    Truncate("fallocate"), Truncate(), Uniq(), Watch(), Wget(), Which(), WhoAmI(), WordCount(),
    Wrapper("ionice"), Wrapper("nice"), Wrapper("nohup"), Wrapper("setsid"), Wrapper("stdbuf"),
    Yes(),
  ]

  /// What administrators use on whole machines.
  private static let administration: [any Program] = [
    AccountTool("adduser"), AccountTool("addgroup"), AccountTool("deluser"),
    AccountTool("gpasswd"), AccountTool("groupadd"), AccountTool("groupdel"),
    AccountTool("useradd"),
    AccountTool("userdel"), AccountTool("usermod"), AlpinePackages(),
    AppArmor("aa-enabled"), AppArmor("aa-status"), AppArmor("apparmor_parser"),
    AppArmor("apparmor_status"), KernelLog(),
    KernelModules("lsmod"), KernelModules("modinfo"), KernelModules("modprobe"),
    InterfaceDriver(), PortScanner(), PortUsers(), SocketRelay(),
    KernelSettings(), KeyRing(), MachineFacts("arch"), MachineFacts("lsb_release"),
    BlockDevices("blkid"), BlockDevices("lsblk"), MachineFacts("lscpu"),
    MachineIdentity("hostnamectl"),
    MachineIdentity("timedatectl"), Manual(), MemoryStatistics(),
    MountProgram("findmnt"), MountProgram("mount"), MountProgram("umount"), OpenFiles(),
    PackageManager("apt"), PackageManager("apt-get"), PackageQuery("apt-cache"),
    PackageQuery("apt-key"), PackageQuery("apt-mark"), PackageQuery("dpkg"),
    PasswordAging(), PasswordTool("chpasswd"), PasswordTool("passwd"), SwapSwitch("swapoff"),
    SwapSwitch("swapon"), SystemTrace(), UpTime("uptime"), UpTime("w"), UpTime("who"),
    LoginHistory("last"),
    LoginHistory("lastb"),
  ]

  /// What looks into files.
  private static let inspection: [any Program] = [
    ByteDump("hd"), ByteDump("hexdump"), ByteDump("od"), ByteDump("xxd"), Calculator(),
    CapabilityShell("capsh"),
    CapabilityShell("getpcaps"), ChecksumProgram("b2sum", .blake2b), CyclicCheck(), NumberUnits(),
    ParagraphFill(), ChecksumProgram("md5sum", .md5),
    ChecksumProgram("sha1sum", .sha1), ChecksumProgram("sha256sum", .sha256),
    ChecksumProgram("sha512sum", .sha512), ChecksumProgram("shasum", .sha1), Comparison("cmp"),
    Comparison("comm"), FileKind(), FilePieces("join"), FilePieces("split"), GzipProgram("gunzip"),
    GzipProgram("gzip"), GzipProgram("bzip2", .bz2), GzipProgram("bunzip2", .bz2),
    GzipProgram("bzcat", .bz2),
    GzipProgram("zcat"), GzipProgram("xz", .xz), GzipProgram("unxz", .xz),
    GzipProgram("xzcat", .xz),
    InstallFile(), UnzipProgram(), ZipProgram(), LineShape("column"), LineShape("expand"),
    LineShape("fold"), Perl(), PrintableTexts(), Python("python"), Python("python3"), RedisClient(),
    SmallTool("cal"), SmallTool("sync"), SmallTool("telnet"),
    SmallTool("uuidgen"), SmallTool("whereis"), Tree(), YAMLQuery(),
  ]

  /// What only images of languages and databases have.
  package static let ofImages: [String: any Program] = Dictionary(
    Toolchain.names.map { ($0, Toolchain(name: $0)) }
      + ForeignInterpreter.names.map { ($0, ForeignInterpreter(name: $0)) }
      + DatabaseClient.all.map { ($0.name, $0) } + [("hello", HelloWorld())],
    uniquingKeysWith: { first, _ in first })

  package static let byName = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
}
