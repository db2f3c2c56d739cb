/// Every program that a machine may have.
package enum Programs {
  package static let all: [any Program] = [
    Cat(), Echo(), Env(), False(), List(), MakeDirectory(), PrintEnvironment(),
    PrintWorkingDirectory(), Remove(), Sleep(), True(),
  ]

  package static let byName = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
}
