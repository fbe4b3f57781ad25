using System.Globalization;

namespace Engine.Core.Particles;

/// <summary>Where a frame was read, for messages.</summary>
/// <param name="File">The file.</param>
/// <param name="Frame">Which frame of it, counted from 0.</param>
/// <param name="Line">Its first line in a text, counted from 1; null in other files.</param>
public sealed record FramePlace(string File, long Frame, int? Line = null)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}, frame {Frame}{(Line is { } line ? $" (line {line})" : "")}");
}
