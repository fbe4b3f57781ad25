namespace Engine.Kernels.Native;

/// <summary>What the search for a native library found.</summary>
/// <param name="Name">Logical name: "hdf5", "blas", …</param>
/// <param name="Path">What was loaded, as given to the loader; null where nothing was.</param>
/// <param name="Handle">Handle for <see cref="System.Runtime.InteropServices.NativeLibrary"/>; 0 where nothing was found.</param>
/// <param name="Tried">Each path tried with what came of it, in order.</param>
/// <param name="Purpose">What the library is for.</param>
/// <param name="Remedy">How to get it.</param>
public sealed record NativeLibraryStatus(
    string Name, string? Path, nint Handle, IReadOnlyList<string> Tried, string Purpose, string Remedy)
{
    public bool IsPresent => Handle != 0;

    /// <summary>All of <see cref="Tried"/> on one line.</summary>
    public string Log => string.Join("; ", Tried);

    /// <summary>One line for a user who needs the library and does not have it.</summary>
    public string Explain() =>
        $"native library '{Name}' ({Purpose}) was not found, expected one of {string.Join(", ", Tried.Select(FileOf).Distinct())}; "
        + $"{Remedy}, or set {NativeLibraries.PathVariable} to the folder that holds it";

    private static string FileOf(string tried) => System.IO.Path.GetFileName(tried[..tried.IndexOf(": ", StringComparison.Ordinal)]);
}
