import Foundation
package import Simulation

extension Rehearsal {
  private static let names = [
    "Ada", "Bo", "Chidi", "Dana", "Emre", "Freya", "Goran", "Hana", "Ines", "Jun", "Kofi", "Lena",
    "Mina", "Noor", "Olga", "Pia", "Quinn", "Rosa", "Sami", "Tove", "Uma", "Vito", "Wren", "Yara",
  ]
  private static let families = [
    "Amsel", "Birke", "Castor", "Drossel", "Eiche", "Farn", "Ginster", "Heron", "Iris", "Juniper",
    "Klee", "Linde", "Marten", "Nelke", "Otter",
  ]

  /// Writes a whole class into `folder/work` with its roster; returns how many handed in.
  package func write(
    _ count: Int, seed: UInt64, at begun: Moment, drydock version: String, in folder: String
  ) throws -> Int {
    var random = SeededRandom(seed: seed, for: "class")
    let habits: [Habit] = [
      .strong, .middling, .weak, .middling, .strong, .late, .middling, .strong, .weak, .absent,
    ]
    var rows = [["id", "name", "email", "section"]]
    var written = 0
    for number in 0..<count {
      let digits = String(number + 1)
      let id = "s" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
      let first = Self.names[number % Self.names.count]
      let family = Self.families[random.below(Self.families.count)]
      rows.append(["\(id)", "\(first) \(family)", "\(id)@example.org", number % 2 == 0 ? "A" : "B"])
      let start = begun + .seconds(Int64(random.below(20_000)))
      guard
        let submission = submission(
          id, habits[number % habits.count], seed: seed, at: start, drydock: version)
      else { continue }
      let file = try FileWriter("\(folder)/work/\(id).drydock")
      try file.write(try submission.text(signedWith: LearnerKey()))
      try file.close()
      written += 1
    }
    let roster = try FileWriter("\(folder)/roster.csv")
    try roster.write(CSV.text(rows))
    try roster.close()
    return written
  }
}
