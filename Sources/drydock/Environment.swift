import Foundation
import Simulation

/// What the process was started with, read in one place.
enum Environment {
  static let variables = ProcessInfo.processInfo.environment

  /// The time on the wall: only doors may ask for it.
  static var now: Moment {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Moment(seconds: Int64(time.tv_sec)) + Span(nanoseconds: Int64(time.tv_nsec))
  }

  /// A clock that nobody sets, for measuring.
  static var ticks: Moment {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Moment(seconds: Int64(time.tv_sec)) + Span(nanoseconds: Int64(time.tv_nsec))
  }

  static func contents(of path: String) -> [UInt8]? {
    FileManager.default.contents(atPath: path).map { Array($0) }
  }
}
