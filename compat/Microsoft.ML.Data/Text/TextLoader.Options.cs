using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

public sealed partial class TextLoader
{
    /// <summary>A column of the data view and the fields of a line that it is read from.</summary>
    public sealed class Column
    {
        public string Name;
        public Range[] Source;

        /// <summary>Set for a key column.</summary>
        public KeyCount KeyCount;

        public Column() { }

        public Column(string name, DataKind dataKind, int index) : this(name, dataKind, [new Range(index)]) { }

        public Column(string name, DataKind dataKind, int minIndex, int maxIndex)
            : this(name, dataKind, [new Range(minIndex, maxIndex)]) { }

        public Column(string name, DataKind dataKind, Range[] source, KeyCount keyCount = null)
        {
            Contracts.CheckValue(name, nameof(name));
            Contracts.CheckValue(source, nameof(source));
            (Name, DataKind, Source, KeyCount) = (name, dataKind, source, keyCount);
        }

        public DataKind DataKind { get; set; } = DataKind.Single;
    }

    /// <summary>Fields <see cref="Min"/> to <see cref="Max"/>, both included.</summary>
    public sealed class Range
    {
        public int Min;

        /// <summary>Null: only <see cref="Min"/>, unless one of the next two is set.</summary>
        public int? Max;

        /// <summary>To the end of the line; every line has as many fields as the first ones.</summary>
        public bool AutoEnd;

        /// <summary>To the end of the line, which may be elsewhere in each line.</summary>
        public bool VariableEnd;

        /// <summary>Only the fields that nothing else takes.</summary>
        public bool AllOther;

        /// <summary>A vector even if it is a single field.</summary>
        public bool ForceVector;

        public Range() { }

        public Range(int index)
        {
            Contracts.CheckParam(index >= 0, nameof(index), "Must be non-negative");
            (Min, Max) = (index, index);
        }

        public Range(int min, int? max)
        {
            Contracts.CheckParam(min >= 0, nameof(min), "Must be non-negative");
            Contracts.CheckParam(!(max < min), nameof(max), "If specified, must be greater than or equal to min");
            (Min, Max, ForceVector, AutoEnd) = (min, max, true, max is null);
        }
    }

    /// <summary>How the text is written and which columns are read from it.</summary>
    public class Options
    {
        /// <summary>Fields may stand in double quotes, and then hold separators.</summary>
        public bool AllowQuoting;

        /// <summary>Lines may end in "count index:value index:value".</summary>
        public bool AllowSparse;

        /// <summary>Number of fields of a line; by default it is seen from the first lines or from sparse ones.</summary>
        public int? InputSize;

        public char[] Separators = ['\t'];

        /// <summary>'.' or ','.</summary>
        public char DecimalMarker = '.';

        /// <summary>By default those that the file itself describes, else a label followed by features.</summary>
        public Column[] Columns;

        /// <summary>Drops white space at the end of lines.</summary>
        public bool TrimWhitespace;

        /// <summary>The first line of each file names the fields.</summary>
        public bool HasHeader;

        /// <summary>Parses on several threads.</summary>
        public bool UseThreads = true;

        /// <summary>Quoted fields may go on over several lines.</summary>
        public bool ReadMultilines;

        /// <summary>A file whose first line names the fields, instead of a header in the data.</summary>
        public string HeaderFile;

        public long? MaxRows;

        /// <summary>Stands before a quote within a quoted field.</summary>
        public char EscapeChar = '"';

        /// <summary>Empty fields of reals are NaN instead of 0.</summary>
        public bool MissingRealsAsNaNs;

        internal Options With(Column[] columns)
        {
            var copy = (Options)MemberwiseClone();
            copy.Columns = columns;
            return copy;
        }
    }
}
