using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Engine.IO.Hdf5;

/// <summary>The error stack; there is one per thread.</summary>
internal static unsafe partial class H5E
{
    private const int WalkDownward = 1;

    [ThreadStatic]
    private static List<string>? collected;

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Eset_auto2")]
    public static partial int set_auto(long stack, void* function, void* data);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Ewalk2")]
    private static partial int walk(
        long stack, int direction, delegate* unmanaged[Cdecl]<uint, Error*, void*, int> visit, void* data);

    [LibraryImport(Hdf5Library.Name, EntryPoint = "H5Eclear2")]
    private static partial int clear(long stack);

    /// <summary>The stack of the last failed call as one line, outermost cause first, and empties it.</summary>
    public static string Describe()
    {
        collected = [];
        walk(H5.DEFAULT, WalkDownward, &Collect, null);
        clear(H5.DEFAULT);
        // What was tried, and what went wrong in the end; the way between says nothing to whoever does not know the library.
        string[] chain = [.. collected.Distinct()];
        var text = string.Join(": ", chain.Length > 3 ? [chain[0], chain[^1]] : chain).ReplaceLineEndings(" ");
        return text.Length > 0 ? text : "no details";
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Collect(uint n, Error* error, void* data)
    {
        var text = Marshal.PtrToStringUTF8((nint)error->Description);
        if (!string.IsNullOrEmpty(text))
        {
            collected!.Add(text);
        }
        return 0;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Error
    {
        public long Class;
        public long Major;
        public long Minor;
        public uint Line;
        public byte* Function;
        public byte* File;
        public byte* Description;
    }
}
