/// Recorded cases that still come out otherwise.
enum KnownDifferences {
  static let all: Set<String> = [
    // Recorded while two writers met: an event tells of a conflict that does not happen here.
    "statefulsets: statefulset claims deleted by retention policy"
  ]
}
