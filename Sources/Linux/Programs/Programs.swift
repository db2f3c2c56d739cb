/// Every program that a machine may have.
package enum Programs {
  package static let all: [any Program] = [
    Awk(), Awk("gawk"), Awk("mawk"), BaseName(), BuildCommands(), Cat(), ChangeMode(),
    ChangeOwner(), ChangeOwner("chgrp"), Copy(), Cut(), Date(), DirectoryName(), Echo(), Env(),
    ExpressionProgram(), False(), Find(), Grep(), Grep("egrep"), Grep("fgrep"), Head(), Link(),
    List(), MakeDirectory(), Move(), NumberSequence(), PrintEnvironment(),
    PrintWorkingDirectory(), Printf(), ReadLink(), RealPath(), Remove(), RemoveDirectory(), Sed(),
    ShellProgram("ash"), ShellProgram("bash"), ShellProgram("dash"), ShellProgram("sh"), Sleep(),
    Sort(), Stat(), Tail(), Tee(), Test(), Test("["), Touch(), Translate(), True(), Uniq(),
    WordCount(), Yes(),
  ]

  package static let byName = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
}
