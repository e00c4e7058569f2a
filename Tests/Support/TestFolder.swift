public import Foundation

/// Where tests put files: a folder of this run, which is removed when the run ends.
public enum TestFolder {
  /// The folder.
  public static let root: URL = {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lens-tests-\(UUID().uuidString)")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    atexit { try? FileManager.default.removeItem(at: TestFolder.root) }
    return folder
  }()
}
