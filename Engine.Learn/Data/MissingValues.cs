namespace Engine.Learn.Data;

/// <summary>What becomes of rows in which a field is empty, or ?, NA, N/A, NaN or null.</summary>
public enum MissingValues
{
    /// <summary>They are an error.</summary>
    Refuse,

    /// <summary>They are left out.</summary>
    Drop,
}
