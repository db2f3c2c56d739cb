import KubeObjects
import Linux
import Simulation

/// A table of cron: lines of five fields or a word such as @daily, and a command.
struct CronTable {
  struct Job: Hashable {
    /// nil: when the machine starts.
    var schedule: CronSchedule?
    var user: String
    var command: String
    var environment: [String: String]
  }

  /// A line that cannot be read, counted from 0 as cron does, and what is bad about it.
  struct Problem: Error, Hashable {
    var line: Int
    var text: String
  }

  private(set) var jobs: [Job] = []
  private(set) var problems: [Problem] = []

  /// With an `owner` every line is that user's; the system's own tables name a user in each.
  init(_ text: String, owner: String?) {
    var environment: [String: String] = [:]
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let plain = line.drop { $0 == " " || $0 == "\t" }
      guard let first = plain.first, first != "#" else { continue }
      if let pair = Self.assignment(plain) {
        environment[pair.name] = pair.value
        continue
      }
      do throws(Problem) {
        jobs.append(try Self.job(plain, number, owner, environment))
      } catch {
        problems.append(error)
      }
    }
  }

  private static func assignment(_ line: Substring) -> (name: String, value: String)? {
    guard let equals = line.firstIndex(of: "=") else { return nil }
    let name = line[..<equals].filter { $0 != " " && $0 != "\t" }
    guard let first = name.first, first.isLetter || first == "_",
      name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" })
    else { return nil }
    var value = String(line[line.index(after: equals)...].drop { $0 == " " || $0 == "\t" })
    while value.last == " " || value.last == "\t" { value.removeLast() }
    if value.count > 1, let quote = value.first, quote == "\"" || quote == "'", value.last == quote
    {
      value = String(value.dropFirst().dropLast())
    }
    return (name, value)
  }

  private static func job(
    _ line: Substring, _ number: Int, _ owner: String?, _ environment: [String: String]
  ) throws(Problem) -> Job {
    var rest = line
    func word() -> String {
      rest = rest.drop { $0 == " " || $0 == "\t" }
      let found = rest.prefix { $0 != " " && $0 != "\t" }
      rest = rest.dropFirst(found.count)
      return String(found)
    }
    var schedule: CronSchedule?
    if line.first == "@" {
      let name = word()
      if name != "@reboot" {
        guard let known = try? CronSchedule(name), !name.hasPrefix("@every") else {
          throw Problem(line: number, text: "bad time specifier")
        }
        schedule = known
      }
    } else {
      schedule = try fields((0..<5).map { _ in word() }, number)
    }
    let user = owner ?? word()
    let command = String(rest.drop { $0 == " " || $0 == "\t" })
    if user.isEmpty { throw Problem(line: number, text: "bad username") }
    if command.isEmpty { throw Problem(line: number, text: "bad command") }
    return Job(schedule: schedule, user: user, command: command, environment: environment)
  }

  private static let names = ["minute", "hour", "day-of-month", "month", "day-of-week"]

  private static func fields(_ words: [String], _ number: Int) throws(Problem) -> CronSchedule {
    var words = words
    words[4] = weekdays(words[4])
    for (index, name) in names.enumerated() {
      var alone = Array(repeating: "*", count: 5)
      alone[index] = words[index]
      guard !words[index].isEmpty, !words[index].contains("?"),
        (try? CronSchedule(alone.joined(separator: " "))) != nil
      else { throw Problem(line: number, text: "bad \(name)") }
    }
    guard let schedule = try? CronSchedule(words.joined(separator: " ")) else {
      throw Problem(line: number, text: "bad minute")
    }
    return schedule
  }

  /// A field of weekdays with Sunday as 0 alone: cron knows it as 7 too, at the end of a range as well.
  private static func weekdays(_ field: String) -> String {
    field.split(separator: ",", omittingEmptySubsequences: false).map { part in
      let halves = part.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      let bounds = halves[0].split(separator: "-", omittingEmptySubsequences: false)
      guard bounds.last == "7" else { return String(part) }
      let step = halves.count > 1 ? Int(halves[1]) ?? 0 : 1
      guard let low = Int(bounds[0]), (0...7).contains(low), step > 0, bounds.count < 3 else {
        return String(part)
      }
      return stride(from: low, through: 7, by: step).map { String($0 % 7) }.joined(separator: ",")
    }.joined(separator: ",")
  }
}

/// Where cron looks for its tables.
enum CronTables {
  static let spool = "/var/spool/cron/crontabs"

  static func jobs(on machine: Machine) -> [CronTable.Job] {
    let files = machine.files
    var found = CronTable(files.text("/etc/crontab") ?? "", owner: nil).jobs
    for name in ((try? files.names(in: "/etc/cron.d")) ?? []).sorted()
    where name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }) {
      found += CronTable(files.text("/etc/cron.d/\(name)") ?? "", owner: nil).jobs
    }
    for user in ((try? files.names(in: spool)) ?? []).sorted() {
      found += CronTable(files.text("\(spool)/\(user)") ?? "", owner: user).jobs
    }
    return found
  }
}
