namespace Engine.Core.Observables;

/// <summary>A run of consecutive slots of a <see cref="CellGrid"/> seen through one periodic image: neighbour position = slot position + shift.</summary>
internal readonly record struct RowSegment(int Start, int End, float ShiftX, float ShiftY, float ShiftZ)
{
    public bool IsHomeImage => ShiftX == 0 && ShiftY == 0 && ShiftZ == 0;
}
