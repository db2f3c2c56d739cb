/// Where the data of volumes are, for whoever copies them.
package protocol VolumeDataStore: AnyObject {
  /// Gives a driver's volume or snapshot `target` what `source`, one of the same driver, holds now.
  /// Both are handles of the driver.
  func copy(driver: String, from source: String, to target: String)
  /// Forgets what a driver's volume or snapshot holds.
  func discard(driver: String, handle: String)
  /// Removes a directory of a node that a provisioner made, with what is in it.
  func discard(path: String, onNode node: String)
}
