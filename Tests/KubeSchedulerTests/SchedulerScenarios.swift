import Documents
import Foundation
import KubeAPIServer
import KubeControllerManager
import KubeObjects
import KubeScheduler
import Simulation
import Testing

/// Decisions recorded from a real scheduler, made again by ours.
@Suite struct SchedulerScenarios {
  static let cases: [Value] = {
    let path = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/scheduler.json")
    guard let data = try? Data(contentsOf: path), let file = try? JSON.parse([UInt8](data)) else {
      return []
    }
    return file["cases"]?.array ?? []
  }()

  @Test("the recordings are there")
  func recordings() { #expect(Self.cases.count == 89) }

  @Test("a recorded decision is made again", arguments: cases.indices)
  func decision(_ index: Int) throws {
    let scenario = Self.cases[index]
    let name = scenario["name"]?.string ?? ""
    let reef = try Reef()
    let differences = try reef.play(scenario)
    #expect(differences.isEmpty, "\(name):\n\(differences.joined(separator: "\n"))")
  }
}
