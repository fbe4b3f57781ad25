namespace Engine.Cli.Report;

/// <summary>The plotting library that the build embedded, where npm could fetch it.</summary>
internal static class Plotly
{
    private const string Resource = "Engine.Cli.Report.plotly.min.js";

    public static bool IsEmbedded => typeof(Plotly).Assembly.GetManifestResourceInfo(Resource) is not null;

    /// <summary>The script, or null where the build had none.</summary>
    public static string? Script() => Read(Resource);

    /// <summary>A text that is part of the program.</summary>
    internal static string? Read(string resource)
    {
        using var stream = typeof(Plotly).Assembly.GetManifestResourceStream(resource);
        if (stream is null)
        {
            return null;
        }
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
