using System.Globalization;
using Engine.IO.H5md;
using Engine.Kernels.Errors;

namespace Engine.Tests.IO.H5md;

/// <summary>Writes frames until it is killed or done, and keeps the step of the last flushed frame in a side file.</summary>
internal static class TrajectoryChild
{
    public static int Run(string[] arguments)
    {
        var path = arguments[0];
        var count = int.Parse(arguments[1], CultureInfo.InvariantCulture);
        using var side = File.OpenHandle(path + ".safe", FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        try
        {
            using var writer = H5mdWriter.Create(path, Frames.Make(0), Frames.Options());
            writer.Flushed = step => RandomAccess.Write(side, BitConverter.GetBytes(step), 0);
            Frames.Append(writer, 0, count, after: i =>
            {
                if (i % 7 == 3)
                {
                    writer.Flush();
                }
            });
            return 0;
        }
        catch (EngineException error)
        {
            Console.Error.WriteLine(error.Message);
            return error.ExitCode;
        }
    }
}
