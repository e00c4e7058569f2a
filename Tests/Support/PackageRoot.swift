public import Foundation

/// The folder that holds Package.swift.
public enum PackageRoot {
  /// Found from the place of this file, so it does not depend on the working directory.
  public static let url = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}

/// The program that was built together with the tests.
public enum BuiltBinary {
  /// The executable of that name beside the test bundle, wherever the build went; nil when there is none.
  /// `MLFLOW_LENS_BINARY` names another one.
  public static func find(_ name: String = "mlflow-lens") -> URL? {
    if name == "mlflow-lens", let path = ProcessInfo.processInfo.environment["MLFLOW_LENS_BINARY"] {
      return URL(fileURLWithPath: path)
    }
    let bundles = Bundle.allBundles.map(\.bundleURL).filter { $0.pathExtension == "xctest" }
    let arguments = CommandLine.arguments.filter { $0.contains(".xctest") }.map { URL(fileURLWithPath: $0) }
    let own = [Bundle.main.executableURL, Bundle.main.bundleURL].compactMap(\.self)
    for start in bundles + arguments + own {
      // On macOS the bundle is a folder of three levels, on Linux a file.
      var folder = start
      for _ in 0..<5 where folder.path != "/" {
        let candidate = folder.appendingPathComponent(name)
        if isProgram(candidate) { return candidate }
        folder.deleteLastPathComponent()
      }
    }
    return nil
  }

  private static func isProgram(_ url: URL) -> Bool {
    let kind = try? FileManager.default.attributesOfItem(atPath: url.path)[.type] as? FileAttributeType
    return kind == .typeRegular && FileManager.default.isExecutableFile(atPath: url.path)
  }
}
