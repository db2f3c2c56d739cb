import Documents
import KubeAPIServer
import KubeObjects

/// The volumes that claims may take: by class and mode, the smallest first, and those that are
/// reserved for a claim. So a claim looks at few of many volumes.
final class FreeVolumes {
  private struct Shelf: Hashable {
    let className: String
    let isBlock: Bool
  }

  private struct Item {
    let size: Quantity
    let name: String

    func comesBefore(_ other: Item) -> Bool {
      if size < other.size { return true }
      return other.size < size ? false : name < other.name
    }
  }

  private let volumes: Informer
  private let reserved: InformerIndex
  private var shelves: [Shelf: [Item]] = [:]

  init(_ volumes: Informer) {
    self.volumes = volumes
    reserved = InformerIndex(volumes) { volume in
      guard let reference = volume[path: "spec", "claimRef"], !reference.isNull else { return [] }
      return ["\(reference["namespace"]?.string ?? "")/\(reference["name"]?.string ?? "")"]
    }
    volumes.onChange { [weak self] old, new in self?.apply(old, new) }
  }

  /// The volume reserved for the claim, else the smallest that suits it.
  func find(for claim: Value, isDelayed: Bool) -> Value? {
    let own = reserved["\(claim.namespace)/\(claim.name)"]
    if let volume = VolumeMatch.find(for: claim, among: own, node: nil, isDelayed: isDelayed) {
      return volume
    }
    guard !isDelayed, let wanted = VolumeMatch.request(of: claim),
      let shelf = shelves[Self.shelf(of: claim)]
    else { return nil }
    for item in shelf[Self.place(of: Item(size: wanted, name: ""), in: shelf)...] {
      guard let volume = volumes["", item.name] else { continue }
      if VolumeMatch.find(for: claim, among: [volume], node: nil, isDelayed: false) != nil {
        return volume
      }
    }
    return nil
  }

  private func apply(_ old: Value?, _ new: Value?) {
    if let old, let item = Self.item(of: old) {
      let shelf = Self.shelf(of: old)
      let place = Self.place(of: item, in: shelves[shelf] ?? [])
      if let items = shelves[shelf], items.indices.contains(place), items[place].name == item.name {
        shelves[shelf]?.remove(at: place)
      }
      if shelves[shelf]?.isEmpty == true { shelves[shelf] = nil }
    }
    if let new, let item = Self.item(of: new) {
      let shelf = Self.shelf(of: new)
      shelves[shelf, default: []].insert(item, at: Self.place(of: item, in: shelves[shelf] ?? []))
    }
  }

  /// nil: it is taken or reserved, or says no size.
  private static func item(of volume: Value) -> Item? {
    let reference = volume[path: "spec", "claimRef"]
    guard reference == nil || reference?.isNull == true,
      let size = VolumeMatch.capacity(of: volume)
    else { return nil }
    return Item(size: size, name: volume.name)
  }

  private static func shelf(of object: Value) -> Shelf {
    Shelf(
      className: VolumeMatch.className(object),
      isBlock: object[path: "spec", "volumeMode"]?.string == "Block")
  }

  /// Where an item is, or would be.
  private static func place(of item: Item, in items: [Item]) -> Int {
    var low = 0
    var high = items.count
    while low < high {
      let middle = (low + high) / 2
      if items[middle].comesBefore(item) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
