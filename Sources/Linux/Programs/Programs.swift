/// Every program that a machine may have.
package enum Programs {
  package static let all: [any Program] = [
    Awk(), Awk("gawk"), Awk("mawk"), Cat(), Cut(), Echo(), Env(), False(), Grep(), Grep("egrep"),
    Grep("fgrep"), Head(), List(),
    MakeDirectory(), PrintEnvironment(), PrintWorkingDirectory(), Printf(), Remove(), Sed(),
    NumberSequence(), Sleep(), Sort(), Tail(), Tee(), Translate(), True(), Uniq(), WordCount(),
  ]

  package static let byName = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
}
