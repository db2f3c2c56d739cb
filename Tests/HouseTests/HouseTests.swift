import Foundation
import Testing

@Test("a module imports only what the manifest lets it use")
func imports() throws {
  let uses = try House.uses()
  for file in try House.files(in: "Sources") {
    guard let allowed = uses[file.module] else { continue }
    for line in file.lines where line.hasPrefix("import ") || line.hasPrefix("package import ") {
      guard let match = line.wholeMatch(of: /(?:package |public |internal )?import (\w+).*/) else {
        continue
      }
      let imported = String(match.output.1)
      guard uses[imported] != nil else { continue }
      #expect(allowed.contains(imported), "\(file) imports \(imported)")
    }
  }
}

@Test("below the school nothing uses Foundation, a clock, chance or the host's files")
func purity() throws {
  let upper: Set<String> = [
    "PKI", "Curriculum", "LearnerRecord", "Classroom", "Terminal", "SecureServing", "drydock",
    "Benchmarks", "Gradebook",
  ]
  for file in try House.files(in: "Sources") where !upper.contains(file.module) {
    for line in file.lines {
      let isImpure =
        line.hasPrefix("import Foundation") || line.hasPrefix("import Glibc")
        || line.contains("SystemRandomNumberGenerator") || line.contains("ContinuousClock")
      #expect(!isImpure, "\(file): \(line)")
    }
  }
}

@Test("the ground and matter floors do not know Kubernetes")
func ground() throws {
  for file in try House.files(in: "Sources")
  where ["Simulation", "Shell", "PKI", "Etcd", "CEL"].contains(file.module) {
    for line in file.lines {
      #expect(!line.contains("import Kube"), "\(file): \(line)")
    }
  }
}

@Test("files stay under 400 lines; columns are the formatter's to check")
func sizes() throws {
  for top in ["Sources", "Tests"] {
    for file in try House.files(in: top) where !file.isGenerated {
      #expect(file.lines.count <= 401, "\(file) has \(file.lines.count) lines")
    }
  }
}

@Test("nothing is called helper, util, common, base, impl, kit or misc")
func names() throws {
  let banned = ["Helper", "Util", "Common", "Impl", "Kit", "Misc"]
  for file in try House.files(in: "Sources") {
    let name = file.path.split(separator: "/").last.map(String.init) ?? ""
    for word in banned { #expect(!name.contains(word), "\(file)") }
  }
}

@Test("no code forces an optional or a try")
func force() throws {
  for file in try House.files(in: "Sources") where !file.isGenerated {
    for (number, line) in file.lines.enumerated() {
      let code = line.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false)[0]
      #expect(!code.contains("try! "), "\(file):\(number + 1)")
      #expect(!code.contains("as! "), "\(file):\(number + 1)")
    }
  }
}
