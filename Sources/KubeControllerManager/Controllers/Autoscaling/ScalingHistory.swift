import KubeObjects
import Simulation

/// What an autoscaler recommended and did of late; forgotten, it is built up anew.
struct ScalingHistory {
  struct Recommendation {
    var replicas: Int64
    var moment: Moment
  }
  struct Change {
    var replicas: Int64
    var moment: Moment
  }

  var recommendations: [Recommendation] = []
  var ups: [Change] = []
  var downs: [Change] = []
  /// Which Pods its target has.
  var selector: LabelSelector?

  /// How many replicas came (or went) in the last so many seconds.
  static func change(_ changes: [Change], seconds: Int64, now: Moment) -> Int64 {
    let since = now + -Span.seconds(seconds)
    return changes.reduce(0) { $0 + ($1.moment > since ? $1.replicas : 0) }
  }

  /// The highest recommendation of the window (stabilizeRecommendation).
  mutating func stabilizedDown(_ wanted: Int64, now: Moment) -> Int64 {
    let cutoff = now + -Span.seconds(300)
    var highest = wanted
    var old: Int?
    for (index, known) in recommendations.enumerated() {
      if known.moment < cutoff { old = index } else { highest = max(highest, known.replicas) }
    }
    note(wanted, old, now)
    return highest
  }

  /// Kept between the lowest and the highest recommendation of each direction's own window
  /// (stabilizeRecommendationWithBehaviors).
  mutating func stabilized(
    _ wanted: Int64, current: Int64, upSeconds: Int64, downSeconds: Int64, now: Moment
  ) -> Int64 {
    let upCutoff = now + -Span.seconds(upSeconds)
    let downCutoff = now + -Span.seconds(downSeconds)
    var (lowest, highest) = (wanted, wanted)
    var old: Int?
    for (index, known) in recommendations.enumerated() {
      if known.moment > upCutoff { lowest = min(lowest, known.replicas) }
      if known.moment > downCutoff { highest = max(highest, known.replicas) }
      if known.moment < upCutoff, known.moment < downCutoff { old = index }
    }
    note(wanted, old, now)
    return min(max(current, lowest), highest)
  }

  private mutating func note(_ wanted: Int64, _ old: Int?, _ now: Moment) {
    let new = Recommendation(replicas: wanted, moment: now)
    if let old { recommendations[old] = new } else { recommendations.append(new) }
  }

  /// Remembers a change for rate limits; only an autoscaler with behaviour has those.
  mutating func noteChange(
    from old: Int64, to new: Int64, _ behavior: ScalingBehavior, _ now: Moment
  ) {
    if new > old {
      let since = now + -Span.seconds(behavior.up.longestPeriod)
      ups.removeAll { $0.moment < since }
      ups.append(Change(replicas: new - old, moment: now))
    } else if new < old {
      let since = now + -Span.seconds(behavior.down.longestPeriod)
      downs.removeAll { $0.moment < since }
      downs.append(Change(replicas: old - new, moment: now))
    }
  }
}
