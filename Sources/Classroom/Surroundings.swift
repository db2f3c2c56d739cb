package import Simulation

/// What a session knows of the world outside; given by the door, so that tests can give another.
package struct Surroundings {
  /// The time on the wall.
  package var realTime: () -> Moment
  /// Draws Markdown for the learner's screen.
  package var draw: (String) -> String
  /// Whether signs may stand for a picture, or the learner hears what is written.
  package var drawsPictures = true
  /// The blueprint of the cluster that is for nothing in particular.
  package var blueprint = "kubeadm"
  /// Whether nothing else is under way in this process, so that it can be copied.
  package var mayFork = false
  /// Whether the door can open the cluster's API to programs outside.
  package var opensPorts = false

  package init(realTime: @escaping () -> Moment, draw: @escaping (String) -> String) {
    self.realTime = realTime
    self.draw = draw
  }
}
