import KubeAPIServer
import Simulation
import Testing

@testable import KubeControllerManager

@Suite struct PacingTests {
  @Test("a set of ten thousand Pods grows by twenty a second, smaller ones at once")
  func crowd() {
    let key = Informer.Key(namespace: "default", name: "big")
    let now = Moment(seconds: 100)
    var pacing = Pacing()
    for size in [0, 500, 9999] {
      pacing.note(key, size: size)
      pacing.made(500, of: key, now: now)
      #expect(pacing.wait(key, now: now) == nil, "\(size)")
    }
    pacing.note(key, size: 10_000)
    pacing.made(500, of: key, now: now)
    #expect(pacing.wait(key, now: now) == .seconds(25))
    #expect(pacing.wait(key, now: now + .seconds(24)) == .seconds(1))
    #expect(pacing.wait(key, now: now + .seconds(25)) == nil)
    // Scaled down, it is a small set again.
    pacing.made(500, of: key, now: now)
    pacing.note(key, size: 3)
    #expect(pacing.wait(key, now: now) == nil)
  }
}
