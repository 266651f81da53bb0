import Foundation
import PackagePlugin

/// Embeds the files that a target serves or runs.
///
/// * CashPilotPostgres and Postgres: `sql/`.
/// * CashPilotHTTP: `openapi.yaml`, the common passwords, RapiDoc and `till/`.
/// * CashPilotCommand: the commit's name.
@main
struct EmbedFilesPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let root = context.package.directoryURL
        switch target.name {
        case "CashPilotPostgres":
            return [
                try command(
                    "statements", folder: root.appending(path: "sql/queries"), output: "SQL.swift", context,
                    including: root.appending(path: "sql/fragments")),
                try command(
                    "migrations", folder: root.appending(path: "sql/migrations"), output: "Migrations.swift", context),
            ]
        case "Postgres":
            return [
                try command(
                    "texts", folder: root.appending(path: "sql/schema_migrations"), output: "SchemaMigrationsSQL.swift",
                    context)
            ]
        case "CashPilotHTTP":
            return [
                try command(
                    "texts",
                    files: ["openapi.yaml", "data/common-passwords.txt"].map { root.appending(path: $0) },
                    output: "EmbeddedText.swift", context),
                try command(
                    "optional", files: existing(".build/checks/rapidoc.js", context), output: "EmbeddedRenderer.swift",
                    context),
                try command("texts", folder: root.appending(path: "till"), output: "TillFiles.swift", context),
            ]
        case "CashPilotCommand":
            return [
                try command(
                    "optional", files: existing(".build/commit", context), output: "EmbeddedCommit.swift", context)
            ]
        default:
            return []
        }
    }

    /// A file that the program can do without: RapiDoc, which `scripts/install` fetches, or the commit's name, which
    /// `scripts/build` writes.
    private func existing(_ path: String, _ context: PluginContext) -> [URL] {
        let file = context.package.directoryURL.appending(path: path)
        return FileManager.default.fileExists(atPath: file.path) ? [file] : []
    }

    /// SwiftPM lists the folder when it loads the package. After adding a file, touch `Package.swift`.
    ///
    /// - Parameter fragments: the folder of files that the embedded files include. A change there embeds them again.
    private func command(
        _ mode: String, folder: URL, output: String, _ context: PluginContext, including fragments: URL? = nil
    ) throws -> Command {
        let included = try fragments.map { try files(in: $0) + [$0] } ?? []
        return try command(
            mode, files: try files(in: folder), output: output, context, watching: [folder] + included)
    }

    private func files(in folder: URL) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { ["sql", "html", "css", "js"].contains($0.pathExtension) }
            .sorted { $0.path < $1.path }
    }

    private func command(
        _ mode: String, files: [URL], output: String, _ context: PluginContext, watching others: [URL] = []
    ) throws -> Command {
        let result = context.pluginWorkDirectoryURL.appending(path: output)
        return .buildCommand(
            displayName: "Embed \(mode)",
            executable: try context.tool(named: "EmbedFiles").url,
            arguments: [mode, result.path] + files.map(\.path),
            inputFiles: files + others,
            outputFiles: [result])
    }
}
